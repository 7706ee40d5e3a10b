package countersign.verifier.timestamp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.Malformed;
import countersign.verifier.timestamp.TimeStamp.Signer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the time stamping authority of openssl. */
class TimeStampTest {
  private static final String EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
  private static final byte[] STAMPED = "one\n".getBytes(UTF_8);
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "-newkey rsa:2048, sha256",
    "-newkey rsa:2048, sha512",
    "-newkey ec -pkeyopt ec_paramgen_curve:P-256, sha256",
    "-newkey ec -pkeyopt ec_paramgen_curve:P-384, sha384"
  })
  void readsWhatAuthoritiesSignAndKnowsWhoVouchesForThem(String key, String digest)
      throws Exception {
    OpensslAuthority authority = OpensslAuthority.make(directory.resolve("one"), key, digest);
    TimeStamp stamp = TimeStamp.read(authority.stamp(STAMPED, "-cert"));

    assertThat(stamp.isOver(STAMPED)).isTrue();
    assertThat(stamp.isOver("two\n".getBytes(UTF_8))).isFalse();
    assertThat(stamp.at()).isBetween(Instant.now().minusSeconds(120), Instant.now());
    assertThat(stamp.nonce()).isPresent();
    X509Certificate certificate = certified(stamp.signer(List.of()));
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=tsa");
    assertThat(vouched(stamp, certificate, authority.pem("root.pem"))).isTrue();
    assertThat(vouched(stamp, certificate, authority.pem("tsa.pem"))).isTrue();
    OpensslAuthority other = OpensslAuthority.make(directory.resolve("other"), EC, "sha256");
    assertThat(vouched(stamp, certificate, other.pem("root.pem"))).isFalse();
  }

  @Test
  void takesTheCertificateFromElsewhereAndSaysWhenThereIsNone() throws Exception {
    OpensslAuthority authority = OpensslAuthority.make(directory, EC, "sha256");
    TimeStamp stamp = TimeStamp.read(authority.stamp(STAMPED, "-no_nonce"));

    assertThat(stamp.certificates()).isEmpty();
    assertThat(stamp.nonce()).isEmpty();
    assertThat(stamp.signer(List.of())).isInstanceOf(Signer.Unknown.class);
    List<X509Certificate> chain =
        Certificates.pem((authority.pem("root.pem") + authority.pem("tsa.pem")).getBytes(UTF_8));
    assertThat(certified(stamp.signer(chain))).isEqualTo(chain.get(1));
    assertThat(Certificates.pem(Certificates.pem(chain).getBytes(UTF_8))).isEqualTo(chain);
    assertThatThrownBy(() -> Certificates.pem("none".getBytes(UTF_8)))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void aCertificateThatTheStampDoesNotNameIsRefused() throws Exception {
    OpensslAuthority authority = OpensslAuthority.make(directory, EC, "sha256");
    TimeStamp stamp = TimeStamp.read(authority.stamp(STAMPED, ""));
    // The same key and name with another certificate: other serial number.
    authority.certify("stamping");
    assertThat(stamp.signer(Certificates.pem(authority.pem("tsa.pem").getBytes(UTF_8))))
        .isInstanceOf(Signer.Unknown.class);
  }

  @Test
  void everyChangedByteIsFoundOrChangesNothingThatIsSaid() throws Exception {
    OpensslAuthority authority = OpensslAuthority.make(directory, EC, "sha256");
    byte[] response = authority.stamp(STAMPED, "-cert");
    TimeStamp whole = TimeStamp.read(response);
    X509Certificate signer = certified(whole.signer(List.of()));
    int found = 0;
    for (int i = 0; i < response.length; i++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] changed = response.clone();
        changed[i] ^= (byte) bit;
        try {
          TimeStamp read = TimeStamp.read(changed);
          if (read.signer(List.of()) instanceof Signer.Certified(X509Certificate other)
              && other.equals(signer)) {
            assertThat(read.at()).isEqualTo(whole.at());
            assertThat(read.isOver(STAMPED)).isTrue();
            assertThat(read.nonce()).isEqualTo(whole.nonce());
          } else {
            found++;
          }
        } catch (Malformed e) {
          found++;
        }
      }
    }
    // What may change unseen is the status and the frame around what is signed.
    assertThat(found).isGreaterThan(2 * response.length * 19 / 20);
    for (int length = 0; length < response.length; length += 5) {
      byte[] torn = Arrays.copyOf(response, length);
      assertThatThrownBy(() -> TimeStamp.read(torn)).isInstanceOf(Malformed.class);
    }
  }

  private static boolean vouched(TimeStamp stamp, X509Certificate certificate, String roots)
      throws Malformed {
    return Certificates.vouched(
        certificate, stamp.certificates(), Certificates.pem(roots.getBytes(UTF_8)), stamp.at());
  }

  private static X509Certificate certified(Signer signer) {
    assertThat(signer).isInstanceOf(Signer.Certified.class);
    return ((Signer.Certified) signer).certificate();
  }
}
