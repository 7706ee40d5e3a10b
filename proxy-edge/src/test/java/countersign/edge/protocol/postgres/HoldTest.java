package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalOutcome;
import countersign.duty.Rule;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.session.SessionEvent;
import countersign.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HoldTest {
  private static final String DELETE = "delete from h where n = 1";
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.target.direct(
        "drop table if exists h; create table h(n int); insert into h values (1), (2)");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String rows() {
    return bench.target.direct("select coalesce(string_agg(n::text, ',' order by n), '') from h");
  }

  private void approve(int request) {
    bench.control.answer(bench.control.request(request).id(), new ApprovalOutcome.Approved("bob"));
  }

  private void deny(int request) {
    bench.control.answer(
        bench.control.request(request).id(), new ApprovalOutcome.Denied("bob", "not today"));
  }

  private static void skipNotice(WireClient client) {
    assertThat(WireClient.word(client.next())).startsWith("notice countersign: held apr-");
  }

  @Test
  void runsAfterApprovalInPlace() {
    Process psql = bench.psqlInBackground(DELETE, "select 1");
    ApprovalCommand.Request request = bench.control.request(0);
    assertThat(request.held().text()).isEqualTo(DELETE);
    assertThat(rows()).isEqualTo("1,2");
    approve(0);
    Psql.Said said = Psql.wait(psql);

    assertThat(said.out()).isEqualTo("DELETE 1\n1\n");
    assertThat(said.err())
        .contains(
            "countersign: held " + request.id() + " until ",
            "DETAIL:  Rule: ai-duty/",
            "HINT:  " + Bench.URL + "/approvals/" + request.id());
    assertThat(rows()).isEqualTo("2");
    assertThat(bench.control.commands.getLast())
        .isEqualTo(
            new ApprovalCommand.Use(
                request.id(), request.held().operation(), request.held().digest()));
  }

  @Test
  void tellsTheApproversReasonWhenDenied() {
    Process psql = bench.psqlInBackground(DELETE, "select 1");
    deny(0);
    Psql.Said said = Psql.wait(psql);

    assertThat(said.err()).contains("42501", "denied by bob: not today", "Rule: ai-duty/");
    assertThat(said.out()).isEqualTo("1\n");
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void refusesWhenNobodyAnswers() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.answer(bench.control.request(0).id(), new ApprovalOutcome.Expired());
      skipNotice(client);
      assertThat(client.unit()).containsExactly("42501", "ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void runsTheModifiedTextInstead() {
    try (WireClient client = bench.client()) {
      client.query("delete from h");
      ApprovalCommand.Request request = bench.control.request(0);
      bench.control.answer(
          request.id(), new ApprovalOutcome.Modified("bob", "delete from h where n = 2"));
      skipNotice(client);
      assertThat(client.unit())
          .containsExactly("notice countersign: modified by bob, runs instead", "DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("1");
      SessionEvent.OperationDecided instead =
          bench.control.decided().stream().filter(one -> !one.byEdge()).toList().getLast();
      assertThat(instead.replaces()).isEqualTo(request.held().operation());
      assertThat(instead.text()).isEqualTo("delete from h where n = 2");
      assertThat(instead.approval()).isEqualTo(request.id());
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void refusesAModifiedTextThatIsBlocked() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.answer(
          bench.control.request(0).id(),
          new ApprovalOutcome.Modified("bob", "grant all on h to public"));
      skipNotice(client);
      assertThat(client.unit()).containsExactly("42501", "ZI");
      assertThat(bench.control.decided().getLast().decision()).isEqualTo(DecisionKind.blocked);
      assertThat(bench.target.logged()).doesNotContain("grant all on h to public");
    }
  }

  @Test
  void withdrawsOnCtrlC() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.request(0);
      skipNotice(client);
      cancel(client);
      assertThat(client.unit()).containsExactly("57014", "ZI");
      Eventually.that(() -> bench.control.commands.size() == 2);
      assertThat(bench.control.commands.getLast())
          .isEqualTo(
              new ApprovalCommand.Withdraw(bench.control.requests().getFirst().id(), "cancelled"));
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  private void cancel(WireClient client) {
    try (WireClient canceller = new WireClient(bench.edge.port())) {
      canceller.say(
          out -> countersign.wire.postgres.Encode.cancelRequest(out, client.processId, client.key));
      assertThat(canceller.next()).isNull();
    }
  }

  @Test
  void forwardsCtrlCToARunningStatementOnlyForTheRightKey() {
    bench.control.rulebook(
        bench.rulebook(1, bench.rule(Rule.Action.allow, Set.of(Effect.unknown))));
    try (WireClient client = bench.client()) {
      bench.control.rulebook(withUnknownAllowed());
      client.query("select pg_sleep(20)");
      Eventually.that(() -> bench.target.logged().contains("pg_sleep(20)"));
      byte[] right = client.key;
      client.key = new byte[4];
      cancel(client);
      client.key = right;
      cancel(client);
      assertThat(client.unit()).contains("57014", "ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      Eventually.that(() ->
          bench.control.of(SessionEvent.OperationCompleted.class).stream()
              .anyMatch(done -> done.outcome().equals("cancelled")));
    }
  }

  private countersign.duty.Rulebook withUnknownAllowed() {
    var book = bench.rulebook(2);
    var duty = book.duties().get("ai-duty");
    List<Rule> rules = List.of(bench.rule(Rule.Action.allow, Set.of(Effect.read, Effect.unknown)));
    return new countersign.duty.Rulebook(
        2,
        java.util.Map.of(
            "ai-duty",
            new countersign.duty.Duty(duty.name(), duty.groups(), duty.targets(), rules)),
        book.targets(),
        book.people(),
        book.agents(),
        book.powers());
  }

  @Test
  void withdrawsWithinASecondWhenTheCallerLeaves() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.request(0);
    }
    long since = System.nanoTime();
    Eventually.that(() ->
        bench.control.commands.getLast() instanceof ApprovalCommand.Withdraw(var _, String why)
            && why.equals("disconnected"));
    assertThat(System.nanoTime() - since).isLessThan(1_000_000_000L);
    Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void holdsInATransactionAndFailsItWhenDenied() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("insert into h values (3)").unit();
      client.query(DELETE);
      ApprovalCommand.Request request = bench.control.request(0);
      assertThat(request.held().inTransaction()).isTrue();
      assertThat(Duration.between(java.time.Instant.now(), request.expires()))
          .isLessThan(Duration.ofSeconds(61));
      deny(0);
      skipNotice(client);
      assertThat(client.unit()).last().isEqualTo("ZE");
      assertThat(client.query("commit").unit()).containsExactly("ROLLBACK", "ZI");
      assertThat(rows()).isEqualTo("1,2");
    }
  }

  @Test
  void holdsInATransactionAndGoesOnWhenApproved() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query(DELETE);
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("DELETE 1", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
      assertThat(rows()).isEqualTo("2");
    }
  }

  @Test
  void holdsAnExtendedStatementWithItsValues() {
    try (WireClient client = bench.client()) {
      client.run("delete from h where n = $1", "2").sync();
      ApprovalCommand.Request request = bench.control.request(0);
      assertThat(request.held().binds()).containsExactly("2");
      assertThat(request.held().modifiable()).isTrue();
      assertThat(bench.target.logged()).doesNotContain("delete from h where n = $1");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("ParseComplete", "BindComplete", "DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("1");
    }
  }

  /** As asyncpg and pgx do: types come from the target, values are binary. */
  @Test
  void showsBinaryValuesDecodedByTheTypesThatTheTargetTold() {
    try (WireClient client = bench.client()) {
      client.parse("d", "delete from h where n = $1 and $2::timestamptz is not null");
      client.say(out -> countersign.wire.postgres.Encode.describe(out, 'S', "d"));
      assertThat(client.sync().unit()).contains("ParameterDescription").endsWith("ZI");
      java.nio.ByteBuffer rest = java.nio.ByteBuffer.allocate(2 + 2 + 2 + 4 + 4 + 4 + 8 + 2);
      rest.putShort((short) 1).putShort((short) 1).putShort((short) 2);
      rest.putInt(4).putInt(4711).putInt(8).putLong(0).putShort((short) 0);
      client.say(out -> countersign.wire.postgres.Encode.bound(out, "", "d", rest.array()));
      client.execute("").sync();
      assertThat(bench.control.request(0).held().binds())
          .containsExactly("4711", "2000-01-01 00:00:00+00");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("BindComplete", "DELETE 0", "ZI");
    }
  }

  @Test
  void preparesAHeldStatementAndHoldsItsExecution() {
    try (WireClient client = bench.client()) {
      client.parse("d", "delete from h where n = $1");
      client.say(out -> countersign.wire.postgres.Encode.describe(out, 'S', "d"));
      assertThat(client.sync().unit())
          .containsExactly("ParseComplete", "ParameterDescription", "NoData", "ZI");
      client.bind("", "d", "1").execute("").sync();
      deny(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("42501", "ZI");
      client.bind("", "d", "1").execute("").sync();
      approve(1);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("BindComplete", "DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("2");
    }
  }

  @Test
  void holdsOneStatementOfAPipeline() {
    try (WireClient client = bench.client()) {
      client.run("insert into h values (4)");
      client.run(DELETE);
      client.run("insert into h values (5)").sync();
      approve(0);
      skipNotice(client);
      assertThat(client.unit())
          .containsExactly(
              "ParseComplete",
              "BindComplete",
              "INSERT 0 1",
              "ParseComplete",
              "BindComplete",
              "DELETE 1",
              "ParseComplete",
              "BindComplete",
              "INSERT 0 1",
              "ZI");
      assertThat(rows()).isEqualTo("2,4,5");
    }
  }

  @Test
  void deniesOneStatementOfAPipelineAndTheWholeFails() {
    try (WireClient client = bench.client()) {
      client.run("insert into h values (4)");
      client.run(DELETE);
      client.run("insert into h values (5)").sync();
      deny(0);
      skipNotice(client);
      assertThat(client.unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "42501", "ZI");
      assertThat(rows()).isEqualTo("1,2");
    }
  }

  @Test
  void holdsSeveralStatementsOfOneQueryWhole() {
    try (WireClient client = bench.client()) {
      client.query("insert into h values (6); " + DELETE);
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("INSERT 0 1", "DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("2,6");
    }
  }

  @Test
  void endsAHoldThatTheChangedDutiesBlock() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.request(0);
      bench.control.rulebook(
          bench.rulebook(1, bench.rule(Rule.Action.block, Set.of(Effect.destroy))));
      skipNotice(client);
      assertThat(client.unit()).containsExactly("42501", "ZI");
      assertThat(rows()).isEqualTo("1,2");
    }
  }

  @Test
  void endsTheSessionWithWordsWhenItIsTerminated() {
    try (WireClient client = bench.client()) {
      client.query(DELETE);
      bench.control.request(0);
      skipNotice(client);
      bench.control.terminate("contained by frank");
      assertThat(client.unit()).containsExactly("57P01", "end");
      Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
      assertThat(bench.control.commands.getLast()).isInstanceOf(ApprovalCommand.Withdraw.class);
    }
  }

  @Test
  void asksForAReasonWhereTheDutyWantsOne() {
    bench.close();
    bench =
        new Bench(
            new Rule.Hold(
                Set.of("approvers"),
                1,
                Duration.ofMinutes(5),
                Rule.Wait.stream,
                true,
                Duration.ofSeconds(60)),
            Target.Recording.statement);
    try (WireClient client = bench.client()) {
      assertThat(client.query(DELETE).unit()).containsExactly("42501", "ZI");
      client.query("set countersign.reason = 'ticket 12'").unit();
      client.query(DELETE);
      assertThat(bench.control.request(0).held().statedReason()).isEqualTo("ticket 12");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("DELETE 1", "ZI");
    }
  }

  @Test
  void withdrawsAndSaysSoWhenTheTargetGoesWhileHeld() {
    try (WireClient client = bench.client()) {
      client.query("select 'find me'").unit();
      client.query(DELETE);
      bench.control.request(0);
      skipNotice(client);
      bench.target.direct(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app' and pid <>"
              + " pg_backend_pid()");
      assertThat(client.unit()).contains("57P01").endsWith("end");
      Eventually.that(() ->
          bench.control.commands.getLast() instanceof ApprovalCommand.Withdraw(_, String why)
              && why.equals("upstream lost"));
    }
  }
}
