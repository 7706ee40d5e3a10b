package countersign.log;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the log is kept.
 *
 * @param directory of the tree, the signer's memory and its key; outside of the database, and not
 *     restored from a backup together with it
 * @param origin names the log in its checkpoints; only the first start takes it, since a log keeps
 *     its name: the API's address without scheme
 * @param key the log's private key in PEM; empty for one that is made in the directory
 * @param witnesses who cosigns
 * @param needed how many witnesses must cosign
 * @param timestamps where checkpoints are stamped (RFC 3161); null for nowhere
 * @param stampEvery how often
 */
public record LogSettings(
    Path directory,
    String origin,
    char[] key,
    List<WitnessAddress> witnesses,
    int needed,
    @Nullable URI timestamps,
    Duration stampEvery) {

  public LogSettings {
    witnesses = List.copyOf(witnesses);
    if (needed < 0 || needed > witnesses.size()) {
      throw new IllegalArgumentException(
          "witnesses needed: " + needed + " (expected: 0 to " + witnesses.size() + ")");
    }
  }

  /**
   * Where a witness is.
   *
   * @param url what {@code /add-checkpoint} is below of
   * @param key its vkey; empty when it is asked for once, and pinned
   */
  public record WitnessAddress(URI url, String key) {}

  /** Settings without witnesses and time stamps, with a key of its own. */
  public static LogSettings of(Path directory, String origin) {
    return new LogSettings(directory, origin, new char[0], List.of(), 0, null, Duration.ofHours(1));
  }

  @Override
  public String toString() {
    return "LogSettings[directory=%s, origin=%s, witnesses=%s]"
        .formatted(directory, origin, witnesses);
  }
}
