package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.session.SessionEvent;
import countersign.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that outlive their session. */
class TicketTest {
  private static final String DELETE = "delete from t where n = 1";
  private static final String WITH_VALUE = "delete from t where n = $1";
  private Bench bench;

  @BeforeEach
  void begin() {
    bench =
        new Bench(
            new Rule.Hold(
                Set.of("approvers"),
                1,
                Duration.ofMinutes(5),
                Rule.Wait.ticket,
                false,
                Duration.ofSeconds(60)),
            Target.Recording.statement);
    bench.target.direct(
        "drop table if exists t; create table t(n int); insert into t values (1), (2)");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String rows() {
    return bench.target.direct("select coalesce(string_agg(n::text, ',' order by n), '') from t");
  }

  private ApprovalCommand.Request only() {
    assertThat(bench.control.requests()).hasSize(1);
    return bench.control.requests().getFirst();
  }

  private void approve(ApprovalId id) {
    bench.control.answerTicket(id, new ApprovalOutcome.Approved("bob"));
  }

  @Test
  void refusesAtOnceAndRunsOnceForWhoeverSendsTheSameAgain() {
    Psql.Said first = bench.psql(DELETE + ";");
    ApprovalCommand.Request request = only();
    assertThat(first.err())
        .contains(
            "ERROR:  42501: countersign: waits for approval " + request.id() + " until ",
            ": run it again when approved",
            "DETAIL:  Rule: ai-duty/",
            "HINT:  " + Bench.URL + "/approvals/" + request.id());
    assertThat(request.held().hold().waiting()).isEqualTo(Rule.Wait.ticket);
    Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
    assertThat(bench.control.commands).noneMatch(c -> c instanceof ApprovalCommand.Withdraw);

    assertThat(bench.psql(DELETE + ";").err()).contains("waits for approval " + request.id());
    approve(only().id());
    assertThat(bench.psql("delete from t where n = 2;").err()).contains("42501");
    Psql.Said run = bench.psql(DELETE + ";");
    assertThat(run.out()).contains("DELETE 1");
    assertThat(rows()).isEqualTo("2");

    bench.target.direct("insert into t values (1)");
    Psql.Said again = bench.psql(DELETE + ";");
    assertThat(again.err()).contains("waits for approval").doesNotContain(request.id().value());
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void isBoundToTheValuesOfAnExtendedStatement() {
    try (WireClient client = bench.client()) {
      assertThat(client.run(WITH_VALUE, "2").sync().unit()).containsExactly("42501", "ZI");
      approve(only().id());
      assertThat(client.run(WITH_VALUE, "1").sync().unit()).containsExactly("42501", "ZI");
      assertThat(bench.control.requests()).hasSize(2);
    }
    // Another session counts its statements differently; what runs is the same.
    try (WireClient client = bench.client()) {
      client.parse("s17", WITH_VALUE).bind("p3", "s17", "2").execute("p3");
      assertThat(client.sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "DELETE 1", "ZI");
    }
    assertThat(rows()).isEqualTo("1");
  }

  @Test
  void failsThePipelineItStandsInAndRunsInTheNext() {
    try (WireClient client = bench.client()) {
      client.run("insert into t values (4)").run(DELETE).run("insert into t values (5)").sync();
      assertThat(client.unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "42501", "ZI");
      assertThat(rows()).isEqualTo("1,2");
      approve(only().id());
      client.run("insert into t values (4)").run(DELETE).run("insert into t values (5)").sync();
      assertThat(client.unit()).endsWith("INSERT 0 1", "ZI").contains("DELETE 1");
      assertThat(rows()).isEqualTo("2,4,5");
    }
  }

  @Test
  void failsTheTransactionItStandsIn() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("insert into t values (3)").unit();
      assertThat(client.query(DELETE).unit()).containsExactly("42501", "ZE");
      assertThat(only().held().inTransaction()).isFalse();
      assertThat(client.query("commit").unit()).containsExactly("ROLLBACK", "ZI");
      assertThat(rows()).isEqualTo("1,2");
      approve(only().id());
      client.query("begin").unit();
      assertThat(client.query(DELETE).unit()).containsExactly("DELETE 1", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
      assertThat(rows()).isEqualTo("2");
    }
  }

  @Test
  void tellsTheApproversReasonInsteadOfAskingAgain() {
    bench.psql(DELETE + ";");
    bench.control.answerTicket(only().id(), new ApprovalOutcome.Denied("bob", "not today"));
    assertThat(bench.psql(DELETE + ";").err()).contains("42501", "denied by bob: not today");
    assertThat(bench.control.requests()).hasSize(1);
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void runsTheTextThatAnApproverPutInItsPlace() {
    bench.psql(DELETE + ";");
    bench.control.answerTicket(
        only().id(), new ApprovalOutcome.Modified("bob", "delete from t where n = 2"));
    Psql.Said said = bench.psql(DELETE + ";");
    assertThat(said.err()).contains("modified by bob, runs instead");
    assertThat(said.out()).contains("DELETE 1");
    assertThat(rows()).isEqualTo("1");
  }

  @Test
  void asksAnewWhenTheDutyHasOtherTermsByNow() {
    bench.psql(DELETE + ";");
    approve(only().id());
    bench.control.rulebook(
        bench.rulebook(
            1,
            new Rule(
                Rule.Action.hold,
                Set.of(Effect.destroy),
                Rule.Match.ANYTHING,
                "",
                new Rule.Hold(
                    Set.of("approvers"),
                    2,
                    Duration.ofMinutes(5),
                    Rule.Wait.ticket,
                    false,
                    Duration.ofSeconds(60)),
                "")));
    assertThat(bench.psql(DELETE + ";").err()).contains("waits for approval");
    assertThat(bench.control.requests()).hasSize(2);
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void refusesWhatTheDutiesBlockByNowThoughItIsApproved() {
    bench.psql(DELETE + ";");
    approve(only().id());
    bench.control.rulebook(
        bench.rulebook(1, bench.rule(Rule.Action.block, Set.of(Effect.destroy))));
    assertThat(bench.psql(DELETE + ";").err()).contains("42501", "blocked");
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void waitsWhereTheCallerWantsTo() {
    try (WireClient client = bench.client()) {
      client.query("set countersign.wait = stream").unit();
      client.query("set countersign.ticket = 'OPS-4711'").unit();
      client.query(DELETE);
      ApprovalCommand.Request held = bench.control.request(0);
      assertThat(held.repeat()).isNull();
      assertThat(held.held().context().ticket()).isEqualTo("OPS-4711");
      assertThat(held.held().context().relations()).isEqualTo(List.of("public.t"));
      bench.control.answer(held.id(), new ApprovalOutcome.Denied("bob", "no"));
      assertThat(client.unit()).endsWith("42501", "ZI");
      client.query("reset countersign.wait").unit();
      assertThat(client.query(DELETE).unit()).containsExactly("42501", "ZI");
      assertThat(bench.control.requests().getLast().repeat()).isNotNull();
    }
  }
}
