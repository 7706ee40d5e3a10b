package countersign.edge.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final String ROLE = "countersign_0193";

  /** The exchange of RFC 7677 §3 has this password, salt and number of iterations. */
  @Test
  void theVerifierIsWhatPostgresqlMakesOfAPassword() {
    assertThat(
            Lease.verifier(
                "pencil".toCharArray(),
                Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
                4096))
        .isEqualTo(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
                + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  }

  @Test
  void noTwoHaveOnePassword() {
    try (Lease one = Lease.make(ROLE);
        Lease other = Lease.make(ROLE)) {
      assertThat(one.login().password()).hasSize(43).isNotEqualTo(other.login().password());
      assertThat(one.verifier()).isNotEqualTo(other.verifier());
    }
  }

  @Test
  void neverSaysThePassword() {
    try (Lease lease = Lease.make(ROLE)) {
      String password = new String(lease.login().password());
      assertThat(lease.toString() + lease.login() + lease.verifier()).doesNotContain(password);
    }
  }

  @Test
  void nobodyLogsInOnceItIsWiped() {
    Lease lease = Lease.make(ROLE);
    Login login = lease.login();
    lease.close();
    assertThatThrownBy(login::password).hasMessageContaining("wiped");
  }
}
