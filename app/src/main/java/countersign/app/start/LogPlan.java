package countersign.app.start;

import countersign.app.identity.ReferencedSecrets;
import countersign.deciding.configuration.Configuration;
import countersign.log.LogSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration and the environment say of the Merkle log: {@code witnesses:} and {@code
 * keys.signer} there; here {@code COUNTERSIGN_WITNESSES_NEEDED} (how many must cosign; all when
 * absent), {@code COUNTERSIGN_TSA_URL} and {@code COUNTERSIGN_TSA_EVERY} (such as {@code 1h}).
 */
final class LogPlan {
  private static final String NEEDED = "COUNTERSIGN_WITNESSES_NEEDED";
  private static final String TSA = "COUNTERSIGN_TSA_URL";
  private static final String EVERY = "COUNTERSIGN_TSA_EVERY";

  private LogPlan() {}

  static LogSettings of(
      Configuration configuration, Path data, String publicUrl, Map<String, String> environment) {
    List<LogSettings.WitnessAddress> witnesses =
        configuration.witnesses().stream()
            .map(w -> new LogSettings.WitnessAddress(URI.create(w.url()), w.key()))
            .toList();
    return new LogSettings(
        data.resolve("log"),
        origin(publicUrl),
        key(configuration, data, environment),
        witnesses,
        needed(environment.get(NEEDED), witnesses.size()),
        authority(environment.get(TSA)),
        every(environment.get(EVERY)));
  }

  /** As tlog-tiles wants it: where the log is served, without scheme. */
  private static String origin(String publicUrl) {
    return publicUrl.replaceFirst("^https?://", "") + "/api/v1/log";
  }

  private static char[] key(
      Configuration configuration, Path data, Map<String, String> environment) {
    String reference = configuration.keys().signer();
    if (reference.isEmpty()) {
      return new char[0];
    }
    try {
      Path secrets = data.resolve("secrets");
      return new ReferencedSecrets(
              configuration::secrets,
              environment,
              secrets,
              MasterKeys.secrets(
                  data.resolve(StorePreparation.KEYS),
                  MasterKeys.source(configuration, environment, secrets)))
          .resolve(reference);
    } catch (IllegalArgumentException e) {
      throw new Failure("keys.signer: " + e.getMessage());
    }
  }

  private static int needed(@Nullable String text, int witnesses) {
    if (text == null || text.isEmpty()) {
      return witnesses;
    }
    if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > witnesses) {
      throw new Failure(NEEDED + ": " + text + " (expected: 0 to " + witnesses + ")");
    }
    return Integer.parseInt(text);
  }

  private static @Nullable URI authority(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (!text.matches("https?://[^\\s/]+(/\\S*)?")) {
      throw new Failure(TSA + ": " + text + " (expected: a URL such as https://tsa.example/tsr)");
    }
    return URI.create(text);
  }

  private static Duration every(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Duration.ofHours(1);
    }
    try {
      Duration every = Duration.parse("PT" + text);
      if (every.compareTo(Duration.ofSeconds(1)) >= 0) {
        return every;
      }
    } catch (DateTimeParseException e) {
      // Said below.
    }
    throw new Failure(EVERY + ": " + text + " (expected: a duration such as 90s, 15m or 1h)");
  }
}
