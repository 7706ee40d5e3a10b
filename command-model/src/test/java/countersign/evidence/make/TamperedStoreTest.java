package countersign.evidence.make;

import static countersign.evidence.make.Gatewayless.scope;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceJob.State;
import countersign.session.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was changed behind the log's back does not leave as evidence. */
@Timeout(120)
class TamperedStoreTest {

  @Test
  void noBundleIsMadeOfARowThatWasChanged() throws Exception {
    try (Gatewayless gateway = new Gatewayless()) {
      SessionId session = gateway.session("alice", "orders", "select 1");
      SessionId other = gateway.session("alice", "orders", "select 2");
      assertThat(gateway.made(scope(session, "", "", ""), false, "").state())
          .isEqualTo(State.ready);
      gateway.test.execute(
          "update log.events set clear = replace(clear, 'allowed', 'blocked') where session = '"
              + session
              + "' and type = 'OperationDecided'");

      EvidenceJob job = gateway.made(scope(session, "", "", ""), false, "");

      assertThat(job.state()).isEqualTo(State.failed);
      assertThat(job.error()).contains("is not the one that was signed");
      assertThat(gateway.made(scope(other, "", "", ""), false, "").state()).isEqualTo(State.ready);
    }
  }

  @Test
  void noBundleIsMadeWithARowMissing() throws Exception {
    try (Gatewayless gateway = new Gatewayless()) {
      SessionId session = gateway.session("alice", "orders", "select 1");
      assertThat(gateway.made(scope(session, "", "", ""), false, "").state())
          .isEqualTo(State.ready);
      gateway.test.execute(
          "delete from log.events where session = '" + session + "' and type = 'OperationDecided'");

      EvidenceJob job = gateway.made(scope(session, "", "", ""), false, "");

      assertThat(job.state()).isEqualTo(State.failed);
      assertThat(job.error()).contains("is missing from the store");
    }
  }
}
