package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.session.SessionEvent;
import countersign.wire.recording.SegmentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PassThroughTest {
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void answersASelectFromTheRealTarget() {
    Psql.Said said = bench.psql("select 40 + 2;", "select count(*) from payments;");

    assertThat(said.out()).as(said.err()).isEqualTo("42\n1000\n");
    assertThat(said.err()).isEmpty();
    Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
    assertThat(bench.control.decided())
        .extracting(SessionEvent.OperationDecided::text)
        .containsExactly("select 40 + 2;", "select count(*) from payments;");
    assertThat(bench.control.of(SessionEvent.OperationCompleted.class))
        .extracting(SessionEvent.OperationCompleted::tag)
        .containsExactly("SELECT 1", "SELECT 1");
  }

  @Test
  void recordsExactlyWhatTheCallerSentAndSaw() {
    try (WireClient client = bench.client()) {
      client.query("select * from payments order by id");
      client.unit();
      client.query("delete from nowhere; -- blocked or held");
      client.raw(new byte[] {});
      client.query("select 1");
      Eventually.that(() -> !bench.control.requests().isEmpty());
      bench.control.answer(
          bench.control.request(0).id(),
          new countersign.approval.ApprovalOutcome.Denied("bob", "no"));
      client.unit();
      client.unit();
      Eventually.that(() ->
          bench.recorded(SegmentCodec.Direction.out).length >= client.seen.size()
              && bench.recorded(SegmentCodec.Direction.in).length >= client.sent.size());

      assertThat(bench.recorded(SegmentCodec.Direction.in)).isEqualTo(client.sent.toByteArray());
      assertThat(bench.recorded(SegmentCodec.Direction.out)).isEqualTo(client.seen.toByteArray());
    }
  }
}
