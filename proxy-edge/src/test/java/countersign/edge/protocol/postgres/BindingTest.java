package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proof of possession on both sides: certificates of callers, and SCRAM bound to TLS at targets.
 */
class BindingTest {
  private final TargetServer target = TargetServer.shared();
  @TempDir Path folder;

  private Path made(String name) throws IOException, InterruptedException {
    Process openssl =
        new ProcessBuilder(
                List.of(
                    "openssl",
                    "req",
                    "-new",
                    "-x509",
                    "-days",
                    "2",
                    "-nodes",
                    "-newkey",
                    "rsa:2048",
                    "-subj",
                    "/CN=" + name,
                    "-out",
                    folder.resolve(name + ".crt").toString(),
                    "-keyout",
                    folder.resolve(name + ".key").toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor()).isZero();
    Files.setPosixFilePermissions(
        folder.resolve(name + ".key"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return folder.resolve(name + ".crt");
  }

  /** As RFC 8705 has it: SHA-256 of the DER, base64url. */
  private static String thumbprint(Path certificate) throws Exception {
    try (var pem = Files.newInputStream(certificate)) {
      byte[] der =
          java.security.cert.CertificateFactory.getInstance("X.509")
              .generateCertificate(pem)
              .getEncoded();
      byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(der);
      return java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }
  }

  private Psql.Said psql(Bench bench, String token, String more) {
    String where =
        "host=localhost port=%d user=agent-ada dbname=orders sslmode=verify-full sslrootcert=%s %s"
            .formatted(bench.edge.port(), target.certificate, more);
    return Psql.run(List.of(where), token, List.of("-c", "select 41 + 1"), "");
  }

  @Test
  void takesABoundTokenOnlyOnAConnectionThatShowsItsCertificate() throws Exception {
    Path mine = made("mine");
    Path other = made("other");
    String token = "bound to " + thumbprint(mine);
    String shows = "sslcert=%s sslkey=%s";
    try (Bench bench =
        new Bench(new Bench.Wiring(target.certificate, target.key, Target.Tls.require, 0))) {
      Psql.Said with = psql(bench, token, shows.formatted(mine, folder.resolve("mine.key")));
      assertThat(with.out()).as(with.err()).isEqualTo("42\n");
      assertThat(psql(bench, token, "sslcert=none").err()).contains("FATAL");
      assertThat(psql(bench, token, shows.formatted(other, folder.resolve("other.key"))).err())
          .contains("FATAL");
      assertThat(psql(bench, "good", shows.formatted(other, folder.resolve("other.key"))).out())
          .isEqualTo("42\n");
    }
  }

  @Test
  void noticesSomebodyBetweenItAndATargetWhoseCertificateNobodyChecks() throws Exception {
    Path other = made("between");
    try (Bench direct =
        new Bench(new Bench.Wiring(target.certificate, target.key, Target.Tls.require, 0))) {
      assertThat(psql(direct, "good", "").out()).isEqualTo("42\n");
    }
    try (Between between = new Between(target.port(), other, folder.resolve("between.key"))) {
      assertThat(between.passes()).isTrue();
      try (Bench bench =
          new Bench(
              new Bench.Wiring(
                  target.certificate, target.key, Target.Tls.require, 0, between.port()))) {
        Psql.Said said = psql(bench, "good", "");
        assertThat(said.err()).contains("it refused the edge's login");
        assertThat(target.logged()).contains("SCRAM channel binding check failed");
      }
    }
  }
}
