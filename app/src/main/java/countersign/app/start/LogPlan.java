package countersign.app.start;

import countersign.app.identity.ReferencedSecrets;
import countersign.deciding.configuration.Configuration;
import countersign.log.LogSettings;
import countersign.verifier.Malformed;
import countersign.verifier.timestamp.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration and the environment say of the Merkle log: {@code witnesses:} and {@code
 * keys.signer} there; here {@code COUNTERSIGN_WITNESSES_NEEDED} (how many must cosign; all when
 * absent), {@code COUNTERSIGN_TSA_URL}, {@code COUNTERSIGN_TSA_EVERY} (such as {@code 1h}) and
 * {@code COUNTERSIGN_TSA_CHAIN} (a file of the authority's certificates in PEM).
 */
final class LogPlan {
  private static final String NEEDED = "COUNTERSIGN_WITNESSES_NEEDED";
  private static final String TSA = "COUNTERSIGN_TSA_URL";
  private static final String EVERY = "COUNTERSIGN_TSA_EVERY";

  private static final String CHAIN = "COUNTERSIGN_TSA_CHAIN";
  private static final int LONGEST_CHAIN = 1 << 20;

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
        timestamps(environment));
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

  private static LogSettings.@Nullable Timestamps timestamps(Map<String, String> environment) {
    String url = environment.getOrDefault(TSA, "");
    Duration every = every(environment.get(EVERY));
    List<X509Certificate> chain = chain(environment.getOrDefault(CHAIN, ""));
    return url.isEmpty()
        ? null
        : new LogSettings.Timestamps(
            authority(url), every, chain, LogSettings.Timestamps.ORDINARY_PATIENCE);
  }

  private static List<X509Certificate> chain(String file) {
    if (file.isEmpty()) {
      return List.of();
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return Certificates.pem(in.readNBytes(LONGEST_CHAIN));
    } catch (IOException | Malformed e) {
      throw new Failure(
          CHAIN + ": " + file + " (expected: a file of the authority's certificates in PEM)");
    }
  }

  private static URI authority(String text) {
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
