package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.session.SessionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateTest {
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.target.direct("drop table if exists w; create table w(n int primary key, t text)");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String rows() {
    return bench.target.direct("select coalesce(string_agg(n::text, ',' order by n), '') from w");
  }

  @Test
  void aDutyToWriteElsewhereOpensNoTransactionReadWriteHere() {
    Rulebook book = bench.control.rulebook();
    Duty reads =
        new Duty(
            "reads",
            Set.of("ai-agents"),
            Set.of("orders"),
            List.of(bench.rule(Rule.Action.allow, Set.of(Effect.read))));
    Duty writes =
        new Duty(
            "writes",
            Set.of("ai-agents"),
            Set.of("vault"),
            List.of(bench.rule(Rule.Action.allow, Set.of(Effect.read, Effect.change))));
    bench.control.rulebook(
        new Rulebook(
            book.version() + 1,
            Map.of("reads", reads, "writes", writes),
            book.targets(),
            book.people(),
            book.agents(),
            book.powers()));

    Psql.Said said = bench.psql("begin;", "show transaction_read_only;", "commit;");
    assertThat(said.out().lines().filter(line -> line.matches("on|off")).toList())
        .containsExactly("on");
  }

  @Test
  void refusesABlockedStatementAndTheSessionStaysUsable() {
    Psql.Said said = bench.psql("grant all on w to public;", "select 1;");

    assertThat(said.out()).isEqualTo("1\n");
    assertThat(said.err()).contains("42501", "countersign: blocked", "DETAIL:  Rule: ai-duty/");
    assertThat(bench.target.logged()).doesNotContain("statement: grant all on w");
    assertThat(bench.control.decided().getFirst().decision()).isEqualTo(DecisionKind.blocked);
  }

  @Test
  void failsTheTransactionOnBothSidesWhenAStatementInItIsBlocked() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("begin").unit()).containsExactly("BEGIN", "ZT");
      assertThat(client.query("insert into w values (1)").unit())
          .containsExactly("INSERT 0 1", "ZT");
      assertThat(client.query("grant all on w to public").unit()).containsExactly("42501", "ZE");
      assertThat(client.query("select 1").unit()).containsExactly("25P02", "ZE");
      assertThat(client.query("delete from w").unit()).containsExactly("25P02", "ZE");
      assertThat(client.query("rollback").unit()).containsExactly("ROLLBACK", "ZI");
      assertThat(client.query("select 1").unit())
          .containsExactly("RowDescription", "DataRow", "SELECT 1", "ZI");
      assertThat(rows()).isEmpty();
    }
  }

  @Test
  void writesOutsideATransactionAndReadsReadOnly() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("insert into w values (1)").unit())
          .containsExactly("INSERT 0 1", "ZI");
      assertThat(client.query("select count(*) from w").unit()).contains("SELECT 1", "ZI");
      assertThat(client.query("update w set t = 'x'").unit()).containsExactly("UPDATE 1", "ZI");
      assertThat(rows()).isEqualTo("1");
      assertThat(
              bench.control.decided().stream()
                  .filter(SessionEvent.OperationDecided::byEdge)
                  .map(SessionEvent.OperationDecided::text))
          .contains(
              "SET default_transaction_read_only = off", "SET default_transaction_read_only = on");
    }
  }

  @Test
  void whoMayWriteIsToldSo() {
    Psql.Said said =
        bench.psql(
            "show transaction_read_only;",
            "select 1;",
            "show default_transaction_read_only;",
            "begin;",
            "show transaction_read_only;",
            "set transaction isolation level serializable;",
            "commit;");
    assertThat(said.err()).isEmpty();
    assertThat(said.out().lines().filter(line -> line.matches("on|off")).toList())
        .containsExactly("off", "off", "off");
  }

  @Test
  void keepsTheOrderOfWhatIsTooMuchToSendAtOnce() {
    String large = "x".repeat(1_300_000);
    try (WireClient client = bench.client()) {
      for (int n = 1; n <= 3; n++) {
        client.run("insert into w values ($1, $2)", "" + n, large);
      }
      assertThat(client.sync().unit().stream().filter(word -> !word.endsWith("Complete")).toList())
          .containsExactly("INSERT 0 1", "INSERT 0 1", "INSERT 0 1", "ZI");
    }
    assertThat(rows()).isEqualTo("1,2,3");
  }

  @Test
  void takesAQueryInsideOfAnExtendedUnit() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      assertThat(client.run("insert into w values (1)").query("savepoint a").unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "SAVEPOINT", "ZT");
      assertThat(client.sync().unit()).containsExactly("ZT");
      client.run("select 1 / (n - 1) from w").query("release a").run("select 2");
      assertThat(client.sync().unit())
          .contains("22012")
          .doesNotContain("RELEASE", "SELECT 1")
          .endsWith("ZE");
      assertThat(client.query("rollback to a").unit()).containsExactly("ROLLBACK", "ZT");
      assertThat(client.run("grant all on w to public").query("select 1").sync().unit())
          .containsExactly("42501", "ZE");
      client.query("rollback").unit();
      assertThat(client.parse("p", "select 1").query("select 2").unit())
          .containsExactly("ParseComplete", "RowDescription", "DataRow", "SELECT 1", "ZI");
      assertThat(client.sync().unit()).containsExactly("ZI");
      client.run("insert into w values (2)").query("select 1");
      assertThat(client.unit()).as("it would be one transaction").endsWith("08P01", "end");
      assertThat(rows()).isEmpty();
    }
  }

  @Test
  void tellsTheNumberThatTheSessionHasAtItsTarget() {
    try (WireClient client = bench.client();
        WireClient other = bench.client()) {
      assertThat(other.processId).isNotEqualTo(client.processId);
      String there = "select 1 from pg_stat_activity where pid = " + client.processId;
      assertThat(bench.target.direct(there)).isEqualTo("1");
      assertThat(client.query("select 1 where pg_backend_pid() = " + client.processId).unit())
          .contains("SELECT 1");
    }
  }

  @Test
  void whoWantsReadOnlyTransactionsHasThem() {
    try (WireClient client = bench.client()) {
      for (String want :
          List.of(
              "set session characteristics as transaction read only",
              "set default_transaction_read_only = on")) {
        assertThat(client.query(want).unit()).containsExactly("SET", "ZI");
        assertThat(client.query("insert into w values (1)").unit()).containsExactly("25006", "ZI");
        assertThat(client.run("insert into w values (1)").sync().unit()).contains("25006");
        client.query("begin").unit();
        assertThat(client.query("insert into w values (1)").unit()).containsExactly("25006", "ZE");
        client.query("rollback").unit();
        assertThat(client.query("select count(*) from w").unit()).contains("SELECT 1");
        assertThat(client.query("set default_transaction_read_only to default").unit())
            .containsExactly("SET", "ZI");
        assertThat(client.query("update w set t = 'x'").unit()).containsExactly("UPDATE 0", "ZI");
      }
    }
  }

  @Test
  void wrapsAReadInsideAReadWriteBlock() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("insert into w values (7)").unit();
      assertThat(client.query("select n from w").unit())
          .containsExactly("RowDescription", "DataRow", "SELECT 1", "ZT");
      assertThat(client.query("insert into w values (8)").unit())
          .containsExactly("INSERT 0 1", "ZT");
      assertThat(client.run("select n from w").sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "DataRow", "DataRow", "SELECT 2", "ZT");
      assertThat(client.run("insert into w values (9)").sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "ZT");
      assertThat(client.query("select 1/0").unit()).contains("22012").endsWith("ZE");
      assertThat(client.query("rollback").unit()).containsExactly("ROLLBACK", "ZI");
      assertThat(bench.target.logged())
          .contains("SAVEPOINT countersign_read; SET LOCAL transaction_read_only = on");
    }
  }

  @Test
  void decidesExtendedOperationsWithTheirValues() {
    try (WireClient client = bench.client()) {
      assertThat(client.run("insert into w values ($1, $2)", "5", "five").sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "ZI");
      assertThat(client.run("select t from w where n = $1", "5").sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "DataRow", "SELECT 1", "ZI");
      var insert = bench.control.decided().getFirst();
      assertThat(insert.binds()).containsExactly("5", "five");
      assertThat(insert.text()).isEqualTo("insert into w values ($1, $2)");
    }
  }

  @Test
  void refusesOneStatementOfAPipelineAndSkipsToSync() {
    try (WireClient client = bench.client()) {
      client.run("insert into w values (1)");
      client.run("grant all on w to public");
      client.run("insert into w values (2)");
      assertThat(client.sync().unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "42501", "ZI");
      assertThat(rows()).as("an implicit transaction fails whole").isEmpty();
      assertThat(client.run("select 1").sync().unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void refusesABlockedParseByItself() {
    try (WireClient client = bench.client()) {
      assertThat(client.parse("p", "grant all on w to public").sync().unit())
          .containsExactly("42501", "ZI");
      assertThat(client.parse("q", "select 1").sync().unit())
          .containsExactly("ParseComplete", "ZI");
      assertThat(client.bind("", "q").execute("").sync().unit())
          .containsExactly("BindComplete", "DataRow", "SELECT 1", "ZI");
      assertThat(client.bind("", "p").execute("").sync().unit()).containsExactly("42501", "ZI");
    }
  }

  @Test
  void blocksAFunctionCallByItsUnknownEffect() {
    try (WireClient client = bench.client()) {
      client.raw(new byte[] {'F', 0, 0, 0, 14, 0, 0, 6, 91, 0, 0, 0, 0, 0, 0});
      assertThat(client.unit()).containsExactly("42501", "ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void decidesSeveralStatementsOfOneQueryAsOne() {
    Psql.Said said =
        bench.psql("insert into w values (3)\\; grant all on w to public;", "select 2;");

    assertThat(said.err()).contains("42501");
    assertThat(said.out()).isEqualTo("2\n");
    assertThat(rows()).isEmpty();
  }

  @Test
  void copiesInAndOut() {
    Psql.Said said =
        bench.psql(
            "\\copy w from stdin", "1\tone", "2\ttwo", "\\.", "copy w to stdout;", "select 3;");

    assertThat(said.out()).isEqualTo("COPY 2\n1\tone\n2\ttwo\n3\n");
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void copiesInByTheExtendedProtocol() {
    try (WireClient client = bench.client()) {
      client.run("copy w from stdin").sync();
      for (String word = ""; !word.equals("CopyResponse"); ) {
        word = WireClient.word(client.next());
      }
      client.raw(new byte[] {'d', 0, 0, 0, 8, '4', '\t', 'x', '\n', 'c', 0, 0, 0, 4});
      assertThat(client.sync().unit()).containsExactly("COPY 1", "ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      assertThat(rows()).isEqualTo("4");
    }
  }

  @Test
  void refusesInvalidUtf8AndGoesOn() {
    try (WireClient client = bench.client()) {
      client.raw(new byte[] {'Q', 0, 0, 0, 7, (byte) 0xff, (byte) 0xfe, 0});
      assertThat(client.unit()).containsExactly("22021", "ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void answersItsOwnSettingsInBothProtocols() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("set countersign.reason = 'because'").unit())
          .containsExactly("SET", "ZI");
      assertThat(client.query("show countersign.reason").unit())
          .containsExactly("RowDescription", "DataRow", "SHOW", "ZI");
      assertThat(client.query("show countersign.may").unit()).contains("SHOW", "ZI");
      client.parse("", "show countersign.may").bind("", "");
      client.say(out -> countersign.wire.postgres.Encode.describe(out, 'P', ""));
      List<String> said = client.execute("").sync().unit();
      assertThat(said).startsWith("ParseComplete", "BindComplete", "RowDescription", "DataRow");
      assertThat(said).endsWith("SHOW", "ZI");
      assertThat(client.query("set countersign.wait = 'ticket'").unit())
          .containsExactly("SET", "ZI");
      assertThat(client.query("set countersign.wait = 'never'").unit())
          .containsExactly("22023", "ZI");
      assertThat(client.query("set countersign.ticket = 'OPS-4711'").unit())
          .containsExactly("SET", "ZI");
      assertThat(client.query("set countersign.ticket = 'two words'").unit())
          .containsExactly("22023", "ZI");
      assertThat(bench.target.logged()).doesNotContain("countersign.reason", "countersign.may");
    }
  }

  @Test
  void aSyntaxErrorIsToldAsPostgresqlTellsIt() {
    Psql.Said said = bench.psql("select 1\nfrm t wher");
    assertThat(said.err())
        .contains("ERROR:  42601: syntax error at or near \"t\"", "LINE 2: frm t wher", "    ^")
        .contains("DETAIL:  countersign: read with the grammar of PostgreSQL", "Rule: ai-duty/");
    try (WireClient client = bench.client()) {
      assertThat(client.query("slect 4715").unit()).containsExactly("42601", "ZI");
      assertThat(client.parse("s", "slect 4715").sync().unit()).containsExactly("42601", "ZI");
      assertThat(client.query("begin").unit()).containsExactly("BEGIN", "ZT");
      assertThat(client.query("slect 4715").unit()).containsExactly("42601", "ZE");
      assertThat(client.query("rollback").unit()).containsExactly("ROLLBACK", "ZI");
    }
    assertThat(bench.target.logged()).doesNotContain("slect 4715");
    assertThat(bench.control.decided())
        .anySatisfy(one -> {
          assertThat(one.text()).isEqualTo("slect 4715");
          assertThat(one.decision()).isEqualTo(DecisionKind.blocked);
        });
  }

  @Test
  void sendsNothingBeforeItsDecisionIsDurable() throws InterruptedException {
    try (WireClient client = bench.client()) {
      bench.control.stick();
      client.query("insert into w values (11)");
      Thread.sleep(300);
      assertThat(bench.target.logged()).doesNotContain("insert into w values (11)");
      bench.control.unstick();
      assertThat(client.unit()).containsExactly("INSERT 0 1", "ZI");
    }
  }

  @Test
  void keepsTheAnswerOfAReadUntilItsDecisionIsDurable() throws Exception {
    try (WireClient client = bench.client()) {
      bench.control.stick();
      client.query("select 4711");
      Eventually.that(() -> bench.target.logged().contains("select 4711"));
      Thread.sleep(200);
      client.socket.setSoTimeout(100);
      assertThat(client.socket.getInputStream().available()).isZero();
      client.socket.setSoTimeout(10_000);
      bench.control.unstick();
      assertThat(client.unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void closesTheSessionWhenTheRecordCannotBeWritten() {
    try (WireClient client = bench.client()) {
      bench.control.broken = true;
      client.query("insert into w values (12)");
      assertThat(client.unit()).containsExactly("58030", "end");
      assertThat(bench.target.logged()).doesNotContain("insert into w values (12)");
    }
    Eventually.that(() -> bench.edge.sessions() == 0);
  }

  @Test
  void decidesNothingNewWithoutALease() {
    try (WireClient client = bench.client()) {
      bench.control.leased = false;
      assertThat(client.query("select 1").unit()).containsExactly("57P03", "ZI");
      bench.control.leased = true;
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void preparedStatementsAreJudgedAtEachExecution() {
    try (WireClient client = bench.client()) {
      client.parse("ins", "insert into w values ($1)").sync().unit();
      assertThat(client.bind("", "ins", "1").execute("").sync().unit())
          .containsExactly("BindComplete", "INSERT 0 1", "ZI");
      bench.control.rulebook(
          bench.rulebook(
              1,
              bench.rule(
                  countersign.duty.Rule.Action.block,
                  java.util.Set.of(countersign.operation.Effect.create))));
      assertThat(client.bind("", "ins", "2").execute("").sync().unit())
          .containsExactly("42501", "ZI");
      assertThat(rows()).isEqualTo("1");
    }
  }
}
