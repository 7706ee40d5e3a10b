package countersign.edge.protocol.postgres;

import static countersign.operation.Effect.change;
import static countersign.operation.Effect.read;
import static countersign.operation.Effect.session;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.session.SessionEvent.Closed;
import countersign.session.SessionEvent.LeaseEnded;
import countersign.session.SessionEvent.LeaseIssued;
import countersign.session.SessionEvent.Opened;
import countersign.session.SessionEvent.OperationDecided;
import countersign.target.Target;
import countersign.wire.recording.SegmentCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A session without write rights has a role of its own at a real target, and only as long. */
class LeasingTest {
  private static final Pattern ROLE = Pattern.compile("countersign_[0-9a-f]{32}");
  private static final TargetServer TARGET = TargetServer.shared();

  private Bench bench;

  @BeforeAll
  static void roles() {
    TARGET.direct(
        "create table if not exists hidden(n int); create table if not exists shown(n int);"
            + " insert into shown values (7)");
    TARGET.direct(
        "create role keeper login createrole password '"
            + TargetServer.PASSWORD
            + "'; create role reader login in role pg_read_all_data password '"
            + TargetServer.PASSWORD
            + "'; create role poor login password '"
            + TargetServer.PASSWORD
            + "'; create role borrower login createrole password '"
            + TargetServer.PASSWORD
            + "'; grant select on shown to borrower, poor; create schema keeper"
            + " authorization keeper; create table keeper.kept(n int); alter table keeper.kept"
            + " owner to keeper; insert into keeper.kept values (9);"
            + " alter role keeper set datestyle = 'German'");
  }

  private void begin(String login, Target.Lease lease, Target.@Nullable Login readOnly) {
    bench =
        new Bench(
            Bench.Wiring.with(new Target.Credential(login, "${env:ORDERS_PW}", lease, readOnly)));
    bench.allow(Set.of(read, session));
  }

  @AfterEach
  void end() {
    bench.close();
    assertThat(roles("%")).as("nothing stays behind").isEmpty();
  }

  private static String roles(String like) {
    return TARGET.direct(
        "select rolname from pg_roles where rolname like 'countersign\\_" + like + "' order by 1");
  }

  /** Waits until every session is over, and nothing of them stays. */
  private void gone() {
    Eventually.that(() -> {
      int closed = bench.control.of(Closed.class).size();
      return closed > 0 && closed == bench.control.of(Opened.class).size();
    });
    assertThat(roles("%")).isEmpty();
  }

  /** The session of the caller; those of the edge's own are no caller's. */
  private Opened opened() {
    return bench.control.of(Opened.class).stream()
        .filter(one -> one.principal().name().equals("agent-ada"))
        .findFirst()
        .orElseThrow();
  }

  private List<LeaseEnded> ended() {
    return bench.control.of(LeaseEnded.class);
  }

  private void read(String... relations) {
    Rule rule =
        new Rule(
            Rule.Action.allow,
            Set.of(read),
            new Rule.Match(List.of(relations), List.of()),
            "",
            Rule.Hold.DEFAULT,
            "");
    bench.duty(was -> new Duty(was.name(), was.groups(), was.targets(), List.of(rule)));
  }

  @Test
  void logsInAsARoleThatIsDroppedAfterwards() {
    begin("app", Target.Lease.require, null);

    Psql.Said said =
        bench.psql("select current_user, session_user;", "select note from payments where id = 3;");

    assertThat(said.err()).isEmpty();
    String[] lines = said.out().split("\n");
    String role = lines[0].split("\\|")[0];
    assertThat(lines).containsExactly(role + "|" + role, "note 3");
    assertThat(role).matches(ROLE);
    gone();
    Opened opened = opened();
    assertThat(role).isEqualTo("countersign_" + opened.session().toString().replace("-", ""));
    assertThat(bench.control.of(LeaseIssued.class))
        .singleElement()
        .satisfies(issued -> {
          assertThat(issued.role()).isEqualTo(role);
          assertThat(issued.reads()).containsExactly("*");
          assertThat(issued.relations()).isGreaterThanOrEqualTo(3);
          assertThat(issued.until()).isEqualTo(opened.principal().expires());
        });
    assertThat(ended()).containsExactly(new LeaseEnded(opened.session(), "dropped", role, ""));
    assertThat(
            bench.control.all().stream()
                .filter(event -> event.session().equals(opened.session()))
                .toList()
                .getLast())
        .isInstanceOf(Closed.class);
  }

  @Test
  void theRoleHasNothingElseAndEnds() {
    begin("app", Target.Lease.require, null);
    try (WireClient client = bench.client()) {
      assertThat(client.query("select 1").unit()).contains("SELECT 1", "ZI");
      String role = bench.control.of(LeaseIssued.class).getFirst().role();
      assertThat(
              TARGET.direct(
                  "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or"
                      + " rolbypassrls, rolcanlogin, rolconnlimit, rolvaliduntil > now() and"
                      + " rolvaliduntil <= now() + interval '15 minutes' from pg_roles where"
                      + " rolname = '"
                      + role
                      + "'"))
          .isEqualTo("f|t|1|t");
      assertThat(
              TARGET.direct(
                  "select distinct privilege_type from information_schema.role_table_grants"
                      + " where grantee like 'countersign\\_grants\\_%'"))
          .isEqualTo("SELECT");
      assertThat(client.query("show default_transaction_read_only").unit()).contains("SHOW", "ZI");
    }
    gone();
  }

  @Test
  void theTargetItselfRefusesWhatPassesTheGate() {
    begin("app", Target.Lease.require, null);
    try (WireClient client = bench.client()) {
      bench.allowEverything(); // a hole in the rules, after the lease
      for (String smuggled :
          List.of(
              "update payments set note = 'smuggled' where id = 1",
              "delete from shown",
              "create table smuggled(n int)",
              "set role app",
              "set session authorization app",
              "select pg_read_file('PG_VERSION')",
              "copy shown to program 'true'",
              "alter role current_user superuser")) {
        assertThat(client.query(smuggled).unit()).as(smuggled).containsExactly("42501", "ZI");
      }
      assertThat(bench.control.decided().getLast().decision().name()).isEqualTo("allowed");
    }
    assertThat(TARGET.direct("select note from payments where id = 1")).isEqualTo("note 1");
    gone();
  }

  @Test
  void grantsOnlyWhatTheRulesName() {
    begin("app", Target.Lease.require, null);
    read("public.sh?wn");
    try (WireClient client = bench.client()) {
      bench.allowEverything();
      assertThat(client.query("select n from shown").unit()).contains("SELECT 1", "ZI");
      assertThat(client.query("select n from hidden").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("select id from payments").unit()).containsExactly("42501", "ZI");
      assertThat(bench.control.of(LeaseIssued.class))
          .singleElement()
          .satisfies(issued -> {
            assertThat(issued.reads()).containsExactly("public.sh?wn");
            assertThat(issued.relations()).isOne();
          });
    }
    gone();
  }

  @Test
  void whoMayWriteHasNoLease() {
    begin("app", Target.Lease.require, null);
    bench.allow(Set.of(read, change));
    assertThat(bench.psql("select current_user;").out()).isEqualTo("app\n");
    assertThat(bench.control.of(LeaseIssued.class)).isEmpty();
    assertThat(ended()).isEmpty();
  }

  @Test
  void theTargetNeverSeesThePasswordNorTheRecordWhatVerifiesIt() {
    begin("app", Target.Lease.require, null);
    assertThat(bench.psql("select 1;").out()).isEqualTo("1\n");
    gone();

    String role = bench.control.of(LeaseIssued.class).getFirst().role();
    String logged = TARGET.logged();
    String made = logged.substring(logged.indexOf("CREATE ROLE " + role));
    assertThat(made.lines().findFirst().orElseThrow())
        .matches(
            ".* PASSWORD 'SCRAM-SHA-256\\$4096:[A-Za-z0-9+/=]{24}"
                + "\\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}' VALID UNTIL .*");
    String stored = made.substring(made.indexOf("SCRAM-SHA-256$"), made.indexOf("' VALID"));
    List<OperationDecided> own =
        bench.control.decided().stream().filter(OperationDecided::byEdge).toList();
    assertThat(own).anyMatch(one -> one.text().contains("PASSWORD 'SCRAM-SHA-256$…' VALID UNTIL"));
    assertThat(bench.control.everything().toString()).doesNotContain(stored.substring(14));
    assertThat(
            new String(bench.recorded(SegmentCodec.Direction.out), StandardCharsets.ISO_8859_1)
                + new String(
                    bench.recorded(SegmentCodec.Direction.in), StandardCharsets.ISO_8859_1))
        .doesNotContain("SCRAM");
  }

  @Test
  void isGoneHoweverTheSessionEnds() throws IOException {
    begin("app", Target.Lease.require, null);
    try (WireClient client = bench.client()) {
      assertThat(roles("%").lines()).hasSize(2);
      bench.control.terminate("contained");
      assertThat(client.unit()).contains("57P01");
    }
    gone();
    String busy = "select count(*) from payments a, payments b, payments c, payments d";
    Process running = bench.psqlInBackground(busy);
    Eventually.that(() -> TARGET.logged().contains("statement: " + busy));
    running.destroyForcibly();
    gone();
    Eventually.that(() ->
        TARGET
            .direct("select count(*) from pg_stat_activity where query = '" + busy + "'")
            .equals("0"));
    assertThat(ended().stream().map(LeaseEnded::end)).containsExactly("dropped", "dropped");
  }

  @Test
  void manyAtOnceHaveOneEach() {
    begin("app", Target.Lease.require, null);
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(bench.psqlInBackground("select current_user from shown"));
    }
    Set<String> users = new java.util.HashSet<>();
    for (Process one : all) {
      Psql.Said said = Psql.wait(one);
      assertThat(said.err()).isEmpty();
      users.add(said.out());
    }
    assertThat(users).hasSize(12);
    gone();
    assertThat(ended().stream().map(LeaseEnded::end).distinct()).containsExactly("dropped");
  }

  @Test
  void anOwnerThatMayCreateRolesIsEnoughAndNamesMeanTheSame() {
    begin("keeper", Target.Lease.require, null);
    read("keeper.*");
    Psql.Said said = bench.psql("select n from kept;", "show search_path;", "show datestyle;");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).isEqualTo("9\n\"keeper\", \"public\"\nGerman, DMY\n");
    gone();
    assertThat(ended().getFirst().end()).isEqualTo("dropped");
  }

  @Test
  void whereNoneCanBeMadeTheSessionAndItsRecordSayWhatIsUsed() {
    begin("poor", Target.Lease.prefer, null);
    assertThat(bench.psql("select current_user;").out()).isEqualTo("poor\n");
    assertThat(ended())
        .singleElement()
        .satisfies(end -> {
          assertThat(end.end()).isEqualTo("impossible");
          assertThat(end.detail())
              .contains("permission denied", "42501")
              .endsWith("; it logs in as poor");
        });
    assertThat(bench.control.of(LeaseIssued.class)).isEmpty();
  }

  @Test
  void whatTheCredentialMayNotPassOnIsNotLeased() {
    begin("borrower", Target.Lease.prefer, new Target.Login("reader", "${env:READER_PW}"));
    read("public.shown");
    assertThat(bench.psql("select current_user from shown;").out()).isEqualTo("reader\n");
    assertThat(ended().getFirst().detail()).endsWith("; it logs in as reader");
  }

  @Test
  void aSettingThatOnlyTheCredentialMayChooseEndsTheSessionAndNotTheLease() {
    begin("app", Target.Lease.prefer, null);
    for (String setting : List.of("log_statement=none", "role=app")) {
      Psql.Said said =
          Psql.run(
              List.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  "" + bench.edge.port(),
                  "-U",
                  "agent-ada",
                  "-d",
                  "dbname=orders options='-c " + setting + "'"),
              "good",
              List.of("-c", "select current_user"),
              "");
      assertThat(said.exit()).as(setting).isEqualTo(2);
      assertThat(said.out()).isEmpty();
    }
    gone();
    assertThat(ended()).noneMatch(end -> end.end().equals("impossible"));
  }

  @Test
  void whoDemandsALeaseGetsNoSessionWithoutOne() {
    begin("poor", Target.Lease.require, new Target.Login("reader", "${env:READER_PW}"));
    Psql.Said said = bench.psql("select 1;");
    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err())
        .contains("countersign: target orders: no role can be leased to the session (42501)")
        .doesNotContain("permission denied");
    gone();
    assertThat(ended().getFirst().detail()).endsWith("; the session was refused");
  }

  @Test
  void aStoredReadOnlyRoleNeedsNoLease() {
    begin("app", Target.Lease.disable, new Target.Login("reader", "${env:READER_PW}"));
    assertThat(bench.psql("select current_user from shown;").out()).isEqualTo("reader\n");
    assertThat(opened().role()).isEqualTo("reader");
    bench.allowEverything();
    assertThat(bench.psql("select current_user;").out()).isEqualTo("app\n");
  }

  @Test
  void whatACrashedEdgeLeftIsDropped() {
    String left = "countersign_01934c5e7b007abc8def0123456789ab";
    String group = "countersign_grants_0123456789abcdef";
    String leave =
        "create role "
            + group
            + "; grant select on shown to "
            + group
            + "; create role "
            + left
            + " login in role "
            + group;
    TARGET.direct(leave);
    begin("app", Target.Lease.prefer, null);
    gone();
    assertThat(bench.control.of(Opened.class).getFirst().principal().name())
        .isEqualTo("countersign");
    assertThat(ended())
        .singleElement()
        .satisfies(end -> {
          assertThat(end.end()).isEqualTo("found");
          assertThat(end.role()).isEqualTo(left);
        });
    TARGET.direct(leave);
    assertThat(bench.psql("select 1;").out()).isEqualTo("1\n");
    gone();
    assertThat(ended().stream().map(LeaseEnded::end)).containsExactly("found", "found", "dropped");
  }

  @Test
  void masksHold() {
    begin("app", Target.Lease.require, null);
    bench.mask(new Target.Mask(List.of("payments.note"), List.of(), "hide"));
    Psql.Said said = bench.psql("select note from payments where id = 3;");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).doesNotContain("note 3");
    gone();
  }
}
