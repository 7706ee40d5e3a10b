package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalOutcome;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.session.SessionEvent.Closed;
import countersign.session.SessionEvent.LeaseIssued;
import countersign.session.SessionEvent.Opened;
import countersign.session.SessionEvent.OperationDecided;
import countersign.target.Target;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An approved operation has its right at a real target for itself alone. */
class LentRightTest {
  private static final TargetServer TARGET = TargetServer.shared();
  private static final Pattern LENT = Pattern.compile("GRANT .* TO countersign_[0-9a-f]{32}");
  private Bench bench;

  @BeforeEach
  void begin() {
    TARGET.direct(
        "drop table if exists lent, made; create table lent(n int); insert into lent values (1), (2)");
    bench =
        new Bench(
            Bench.Wiring.with(
                new Target.Credential("app", "${env:ORDERS_PW}", Target.Lease.require, null)));
    Rule reads = bench.rule(Rule.Action.allow, Set.of(Effect.read, Effect.session));
    Rule rest =
        bench.rule(
            Rule.Action.hold,
            EnumSet.complementOf(EnumSet.of(Effect.read, Effect.session, Effect.program)));
    bench.duty(was -> new Duty(was.name(), was.groups(), was.targets(), List.of(reads, rest)));
  }

  /** Waits until every session is over. */
  private void over() {
    Eventually.that(() -> {
      int closed = bench.control.of(Closed.class).size();
      return closed > 0 && closed == bench.control.of(Opened.class).size();
    });
  }

  @AfterEach
  void end() {
    over();
    bench.close();
    assertThat(TARGET.direct("select rolname from pg_roles where rolname like 'countersign\\_%'"))
        .isEmpty();
  }

  private void approve(int request) {
    bench.control.answer(bench.control.request(request).id(), new ApprovalOutcome.Approved("bob"));
  }

  private static void skipNotice(WireClient client) {
    assertThat(WireClient.word(client.next())).startsWith("notice countersign: held apr-");
  }

  private String rows() {
    return TARGET.direct("select coalesce(string_agg(n::text, ',' order by n), '') from lent");
  }

  private List<String> own() {
    return bench.control.decided().stream()
        .filter(OperationDecided::byEdge)
        .map(OperationDecided::text)
        .toList();
  }

  /** Rules with a hole in them: what the target says now is its own. */
  private void hole() {
    bench.allowEverything();
  }

  @Test
  void onlyTheApprovedStatementHasIt() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("select n from lent").unit()).contains("SELECT 2", "ZI");
      client.query("delete from lent where n = 1");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("2");
      hole();
      assertThat(client.query("delete from lent").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("drop table lent").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("set role app").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("select n from lent").unit()).contains("SELECT 1", "ZI");
    }
    over();
    String role = bench.control.of(LeaseIssued.class).getFirst().role();
    String given =
        own().stream().filter(text -> LENT.matcher(text).matches()).findFirst().orElseThrow();
    assertThat(given).endsWith(" TO " + role);
    String taken = given.replace("GRANT ", "REVOKE ").replace(" TO ", " FROM ");
    assertThat(own()).containsSubsequence(given, taken, "DROP ROLE IF EXISTS " + role);
    String logged = TARGET.logged();
    int granted = logged.indexOf("statement: " + given + "\n");
    int ran = logged.indexOf("statement: delete from lent where n = 1\n", granted);
    assertThat(granted).isPositive();
    assertThat(ran).isGreaterThan(granted);
    assertThat(logged.indexOf("statement: " + taken + "\n", ran)).isGreaterThan(ran);
  }

  @Test
  void aDeniedStatementIsNeverGivenOne() {
    try (WireClient client = bench.client()) {
      client.query("delete from lent where n = 1");
      bench.control.answer(
          bench.control.request(0).id(), new ApprovalOutcome.Denied("bob", "not today"));
      skipNotice(client);
      assertThat(client.unit()).containsExactly("42501", "ZI");
    }
    assertThat(own()).noneMatch(text -> LENT.matcher(text).matches());
    assertThat(rows()).isEqualTo("1,2");
  }

  @Test
  void itEndsInsideATransactionToo() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("begin").unit()).containsExactly("BEGIN", "ZT");
      client.query("update lent set n = 5 where n = 1");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("UPDATE 1", "ZT");
      assertThat(client.query("select n from lent where n = 5").unit()).contains("SELECT 1", "ZT");
      hole();
      assertThat(client.query("savepoint s").unit()).containsExactly("SAVEPOINT", "ZT");
      assertThat(client.query("delete from lent").unit()).containsExactly("42501", "ZE");
      assertThat(client.query("rollback to s").unit()).containsExactly("ROLLBACK", "ZT");
      assertThat(client.query("delete from lent").unit()).containsExactly("42501", "ZE");
      assertThat(client.query("rollback to s").unit()).containsExactly("ROLLBACK", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
    }
    assertThat(rows()).isEqualTo("2,5");
  }

  @Test
  void whatItMadeBelongsToTheCredentialAndCanBeRead() {
    try (WireClient client = bench.client()) {
      client.query("create table made(n int)");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("CREATE TABLE", "ZI");
      assertThat(client.query("select n from made").unit()).contains("SELECT 0", "ZI");
      assertThat(TARGET.direct("select tableowner from pg_tables where tablename = 'made'"))
          .isEqualTo("app");
      hole();
      assertThat(client.query("drop table made").unit()).containsExactly("42501", "ZI");
    }
  }

  @Test
  void whatATransactionMadeIsHandedOverAtItsEnd() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("create table made(n int)");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("CREATE TABLE", "ZT");
      assertThat(client.query("select n from made").unit()).contains("SELECT 0", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
      assertThat(client.query("select n from made").unit()).contains("SELECT 0", "ZI");
      assertThat(TARGET.direct("select tableowner from pg_tables where tablename = 'made'"))
          .isEqualTo("app");
    }
  }

  /** Attributes are not lent, so a superuser's credential lends the rights of who owns what. */
  @Test
  void whatAnotherRoleOwnsCanBeApprovedWhereTheCredentialIsASuperuser() {
    TARGET.direct(
        "drop schema if exists shop cascade; drop role if exists shopkeeper;"
            + " create role shopkeeper; create schema shop authorization shopkeeper;"
            + " create table shop.sold(n int); alter table shop.sold owner to shopkeeper");
    try (WireClient client = bench.client()) {
      client.query("insert into shop.sold values (1)");
      approve(0);
      skipNotice(client);
      assertThat(client.unit()).containsExactly("INSERT 0 1", "ZI");
      hole();
      assertThat(client.query("insert into shop.sold values (2)").unit())
          .containsExactly("42501", "ZI");
    }
    over();
    TARGET.direct("drop schema shop cascade; drop role shopkeeper");
  }

  @Test
  void inAPipelineNothingElseUsesIt() {
    try (WireClient client = bench.client()) {
      client.run("delete from lent where n = 1").run("select n from lent").sync();
      approve(0);
      skipNotice(client);
      List<String> said = client.unit();
      assertThat(said).contains("55000").endsWith("ZI");
      assertThat(rows()).as("a pipeline is one transaction").isEqualTo("1,2");
      client.run("delete from lent where n = 1").sync();
      approve(1);
      skipNotice(client);
      assertThat(client.unit()).contains("DELETE 1", "ZI");
      assertThat(client.run("select n from lent").sync().unit()).contains("SELECT 1", "ZI");
      hole();
      assertThat(client.run("delete from lent").sync().unit()).contains("42501");
    }
    assertThat(rows()).isEqualTo("2");
  }

  @Test
  void aCallerThatLeavesWhileItIsGivenLeavesNothing() {
    WireClient client = bench.client();
    client.query("delete from lent where n = 1");
    approve(0);
    client.close();
  }
}
