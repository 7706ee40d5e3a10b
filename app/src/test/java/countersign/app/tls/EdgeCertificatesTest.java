package countersign.app.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EdgeCertificatesTest {
  @TempDir Path directory;

  private EdgeCertificates in(Duration ahead) {
    return new EdgeCertificates(directory.resolve("tls"), Clock.offset(Clock.systemUTC(), ahead));
  }

  @SuppressWarnings("unchecked")
  private static List<X509Certificate> read(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return List.copyOf(
          (java.util.Collection<X509Certificate>)
              CertificateFactory.getInstance("X.509").generateCertificates(in));
    }
  }

  @Test
  void makesACertificateThatItsAuthorityVouchesForUnderEveryLocalName() throws Exception {
    EdgeCertificates.Pem pem = in(Duration.ZERO).ensure();
    X509Certificate ca = read(pem.ca()).getFirst();
    List<X509Certificate> chain = read(pem.certificate());
    PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
    trust.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain.getFirst())),
            trust);
    assertThat(chain.getFirst().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    for (Path key : List.of(pem.key(), pem.ca().resolveSibling("ca.key"))) {
      assertThat(Files.getPosixFilePermissions(key))
          .containsExactlyInAnyOrder(
              PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }
  }

  @Test
  void keepsTheAuthorityAndRenewsTheCertificateBeforeItEnds() throws Exception {
    EdgeCertificates.Pem pem = in(Duration.ZERO).ensure();
    byte[] ca = Files.readAllBytes(pem.ca());
    byte[] server = Files.readAllBytes(pem.certificate());
    in(Duration.ofDays(100)).ensure();
    assertThat(Files.readAllBytes(pem.certificate())).isEqualTo(server);
    in(Duration.ofDays(310)).ensure();
    assertThat(Files.readAllBytes(pem.certificate())).isNotEqualTo(server);
    assertThat(Files.readAllBytes(pem.ca())).isEqualTo(ca);
  }
}
