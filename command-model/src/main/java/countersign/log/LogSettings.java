package countersign.log;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
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
 * @param timestamps who stamps checkpoints; null for nobody
 */
public record LogSettings(
    Path directory,
    String origin,
    char[] key,
    List<WitnessAddress> witnesses,
    int needed,
    @Nullable Timestamps timestamps) {

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

  /**
   * A time stamping authority (RFC 3161).
   *
   * @param url where it answers
   * @param every how often the published checkpoint is stamped
   * @param chain its certificates, for answers that do not bring them all; may be empty
   * @param patience for one answer
   */
  public record Timestamps(
      URI url, Duration every, List<X509Certificate> chain, Duration patience) {
    /** Seconds that nobody minds waiting when evidence is made. */
    public static final Duration ORDINARY_PATIENCE = Duration.ofSeconds(20);

    public Timestamps {
      chain = List.copyOf(chain);
    }
  }

  /** Settings without witnesses and time stamps, with a key of its own. */
  public static LogSettings of(Path directory, String origin) {
    return new LogSettings(directory, origin, new char[0], List.of(), 0, null);
  }

  @Override
  public String toString() {
    return "LogSettings[directory=%s, origin=%s, witnesses=%s]"
        .formatted(directory, origin, witnesses);
  }
}
