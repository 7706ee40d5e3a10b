package countersign.log;

import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;

/**
 * The name and the key of the log, which stay for its life. In its directory: {@code origin},
 * {@code signer.pem} (0600; not there when the configuration names another key) and {@code vkey},
 * which is public: give it to auditors and witnesses.
 */
public final class LogIdentity {
  private LogIdentity() {}

  /**
   * The signer of the log, made at the first start.
   *
   * @throws IOException with words for the operator
   */
  public static Signer of(LogSettings settings) throws IOException {
    Path directory = settings.directory();
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path named = directory.resolve("origin");
    Optional<String> kept = DurableText.read(named);
    String origin = kept.map(String::strip).orElse(settings.origin());
    if (kept.isEmpty()) {
      DurableText.write(named, origin + "\n");
    }
    char[] pem = settings.key();
    byte[] seed =
        pem.length == 0 ? SigningKey.of(directory.resolve("signer.pem")) : SigningKey.parse(pem);
    try {
      Signer signer = Signer.of(origin, VerifierKey.Type.NOTE, seed);
      DurableText.write(directory.resolve("vkey"), signer.verifier() + "\n");
      return signer;
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }
}
