package countersign.verifier.timestamp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A time stamping authority made of openssl, in a directory: {@code root.pem} certifies {@code
 * tsa.pem}.
 */
public final class OpensslAuthority {
  private static final String CONFIGURATION =
      """
      [tsa]
      default_tsa = one
      [one]
      serial = serial
      crypto_device = builtin
      signer_cert = tsa.pem
      signer_key = tsa.key
      signer_digest = %1$s
      ess_cert_id_alg = %2$s
      default_policy = 1.2.3.4.1
      digests = sha256
      [req]
      distinguished_name = dn
      [dn]
      [root]
      basicConstraints = critical,CA:TRUE
      keyUsage = critical,keyCertSign
      [stamping]
      extendedKeyUsage = critical,timeStamping
      [other]
      extendedKeyUsage = critical,serverAuth
      """;

  private final Path home;

  private OpensslAuthority(Path home) {
    this.home = home;
  }

  /**
   * Makes one.
   *
   * @param key arguments of {@code openssl req} for its key
   * @param digest of its signatures
   */
  public static OpensslAuthority make(Path home, String key, String digest) throws Exception {
    OpensslAuthority made = new OpensslAuthority(Files.createDirectories(home));
    made.write(
        "ts.cnf", CONFIGURATION.formatted(digest, digest.equals("sha512") ? "sha1" : digest));
    made.write("serial", "01\n");
    made.run(
        "req -x509 "
            + key
            + " -keyout root.key -out root.pem -days 3650 -subj /CN=root"
            + " -config ts.cnf -extensions root -nodes");
    made.run("req " + key + " -keyout tsa.key -out tsa.csr -subj /CN=tsa -config ts.cnf -nodes");
    made.certify("stamping");
    return made;
  }

  /** Certifies the authority's key for something. */
  public void certify(String extensions) throws Exception {
    run(
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3650 -out tsa.pem"
            + " -extfile ts.cnf -extensions "
            + extensions);
  }

  /** Stamps; {@code more} as {@code openssl ts -query} takes it. */
  public byte[] stamp(byte[] content, String more) throws Exception {
    Files.write(home.resolve("stamped"), content);
    run("ts -query -data stamped -sha256 -out request.tsq " + more);
    run("ts -reply -config ts.cnf -queryfile request.tsq -out response.tsr");
    return Files.readAllBytes(home.resolve("response.tsr"));
  }

  public String pem(String name) throws IOException {
    return Files.readString(home.resolve(name));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(home.resolve(name), content);
  }

  private void run(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.strip().split(" +")));
    Path said = home.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(arguments + "\n" + Files.readString(said));
    }
  }
}
