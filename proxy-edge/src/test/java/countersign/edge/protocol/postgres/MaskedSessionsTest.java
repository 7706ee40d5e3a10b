package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalOutcome;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.target.Target;
import countersign.wire.postgres.Encode;
import countersign.wire.recording.SegmentCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Masks hold against what one statement or session prepares for the next one. */
class MaskedSessionsTest {
  private static final Pattern DEEP = Pattern.compile("\\{deep:(\\w+)}");
  private static final List<Target.Mask> MASKS =
      List.of(
          new Target.Mask(
              List.of("held.*.ssn", "held.parent.code", "held.people.zip"), List.of(), "hide"),
          new Target.Mask(List.of("*.card_number"), List.of(), "last4"));

  @AfterAll
  static void drop() throws IOException {
    String setup = MaskingTest.resource("masked-sessions.sql");
    TargetServer.shared().direct(setup.substring(0, setup.indexOf("create schema")));
  }

  private static Bench bench(Set<Effect> allowed) throws IOException {
    TargetServer.shared().direct(MaskingTest.resource("masked-sessions.sql"));
    Bench bench = new Bench();
    bench.allow(allowed);
    bench.mask(MASKS.toArray(Target.Mask[]::new));
    return bench;
  }

  private static Set<Effect> foreseeable() {
    return EnumSet.complementOf(EnumSet.of(Effect.unknown, Effect.program, Effect.privilege));
  }

  @Test
  void noSessionLeavesTheCanaryForTheNext() throws IOException {
    List<String> leaking = new ArrayList<>();
    List<String> ways = MaskingTest.lines("masked-sessions.txt");
    assertThat(ways).hasSizeGreaterThanOrEqualTo(50);
    for (String way : ways) {
      try (Bench bench = bench(foreseeable())) {
        StringBuilder seen = new StringBuilder();
        for (String session : way.split(" >>> ")) {
          Matcher deep = DEEP.matcher(session);
          String script = deep.replaceAll(found -> MaskingTest.deep(found.group(1)));
          seen.append(bench.psql(script + ";").out());
        }
        seen.append(
            new String(bench.recorded(SegmentCodec.Direction.out), StandardCharsets.ISO_8859_1));
        MaskingTest.leaks(seen.toString().getBytes(StandardCharsets.UTF_8))
            .forEach(leak -> leaking.add(way + " => " + leak));
        assertThat(bench.psql("select id from held.orders where id = 1;").exit()).isZero();
      }
    }
    assertThat(leaking).as("%s", String.join("\n", leaking)).isEmpty();
  }

  /** SQL reaches the names of prepared statements and portals that the protocol gave. */
  @Test
  void aNameIsNotWhatItWasOnceSqlGivesItToSomethingElse() throws IOException {
    try (Bench bench = bench(Set.of(Effect.read))) {
      try (WireClient client = bench.client()) {
        client.parse("s", "select id::text from held.orders").sync();
        client.unit();
        client.query("deallocate s");
        client.unit();
        client.query("prepare s as select upper(ssn) from held.people");
        client.unit();
        client.bind("", "s");
        client.say(out -> Encode.describe(out, 'P', ""));
        client.execute("").sync();
        assertThat(client.unit()).contains("42501");
        assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
      }
      try (WireClient client = bench.client()) {
        client.query("begin");
        client.unit();
        client.parse("", "select id::text from held.orders").bind("c", "").sync();
        client.unit();
        client.query("close c; declare c cursor for select upper(ssn) from held.people");
        client.unit();
        client.say(out -> Encode.describe(out, 'P', "c"));
        client.execute("c").sync();
        assertThat(client.unit()).contains("42501");
        assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
      }
    }
  }

  /** What was said of the columns of EXECUTE counts no more once the name stands for other ones. */
  @Test
  void whatWasDescribedBeforeIsNotBelieved() throws IOException {
    try (Bench bench = bench(foreseeable());
        WireClient client = bench.client()) {
      client.query("create view held.first as select 1 as x"); // names are followed no more
      client.unit();
      client.query("prepare s as select note from held.orders");
      client.unit();
      client.parse("x", "execute s").say(out -> Encode.describe(out, 'S', "x")).sync();
      client.unit();
      client.query("deallocate s");
      client.unit();
      client.query("prepare s as select upper(ssn) from held.people");
      client.unit();
      client.bind("", "x").execute("").sync();
      assertThat(client.unit()).contains("DataRow");
      assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
    }
  }

  /** The target plans it again by what its names mean by then. */
  @Test
  void whatIsPreparedIsReadAgainWhenAnotherSessionRedefinesAView() throws IOException {
    try (Bench bench = bench(foreseeable());
        WireClient client = bench.client()) {
      client.query("prepare s as select upper(n) from held.names");
      client.unit();
      client.query("execute s");
      assertThat(client.unit()).contains("DataRow");
      assertThat(text(client)).contains("ANN");
      bench.psql("create or replace view held.names as select id, ssn as n from held.people;");
      client.query("execute s");
      assertThat(client.unit()).contains("DataRow");
      assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
    }
  }

  /** It takes effect with COMMIT, whose end may be read much later or never. */
  @Test
  void aViewThatIsBeingRedefinedShowsNothing() throws IOException {
    try (Bench bench = bench(foreseeable());
        WireClient one = bench.client();
        WireClient other = bench.client()) {
      other.query("select n from held.names where id = 1");
      other.unit();
      assertThat(text(other)).contains("Ann");
      for (String statement :
          List.of(
              "begin",
              "create or replace view held.names as select id, ssn as n from held.people",
              "commit")) {
        one.parse("", statement).bind("", "").execute("");
      }
      one.flush();
      for (int i = 0; i < 9; i++) {
        one.next(); // ParseComplete, BindComplete and CommandComplete of each
      }
      other.query("select n from held.names where id = 1");
      assertThat(other.unit()).contains("DataRow");
      other.query("select upper(n) from held.names where id = 1");
      other.unit();
      one.sync();
      one.unit();
      other.query("select upper(n) from held.names where id = 1");
      other.unit();
      assertThat(MaskingTest.leaks(other.seen.toByteArray())).isEmpty();
      other.seen.reset();
      other.query("select name from held.people where id = 1");
      other.unit();
      assertThat(text(other)).contains("Ann");
    }
  }

  /**
   * Within a transaction that changed the catalogue nobody knows what a mask would be lifted from.
   */
  @Test
  void whoWasNotToldOfAMaskLiftsNone() throws IOException {
    TargetServer.shared().direct(MaskingTest.resource("masked-sessions.sql"));
    Rule.Hold terms =
        new Rule.Hold(
            Set.of("approvers"),
            1,
            Duration.ofMinutes(5),
            Rule.Wait.ticket,
            false,
            Duration.ofSeconds(60));
    try (Bench bench = new Bench(terms, Target.Recording.statement)) {
      bench.duty(was -> {
        Rule allow = bench.rule(Rule.Action.allow, EnumSet.allOf(Effect.class));
        Rule hold = bench.rule(Rule.Action.hold, Set.of(Effect.destroy));
        return new Duty(
            was.name(),
            was.groups(),
            was.targets(),
            List.of(allow, hold),
            List.of("held.people.ssn"),
            was.recording());
      });
      bench.mask(MASKS.toArray(Target.Mask[]::new));
      String shows =
          "delete from held.orders where id = 1 returning (select ssn from held.people where id = 1);";
      bench.psql("begin;", "create temp table x (a int);", shows);
      ApprovalCommand.Request request = bench.control.requests().getFirst();
      assertThat(request.held().why()).doesNotContain("lifts");
      bench.control.answerTicket(request.id(), new ApprovalOutcome.Approved("bob"));
      Psql.Said said = bench.psql(shows);
      assertThat(said.err()).contains("waits for approval");
      assertThat(MaskingTest.leaks(said.out().getBytes(StandardCharsets.UTF_8))).isEmpty();
      assertThat(bench.control.requests()).hasSize(2);
      assertThat(bench.control.requests().getLast().held().why())
          .contains("lifts the masks of held.people.ssn");
    }
  }

  private static String text(WireClient client) {
    return new String(client.seen.toByteArray(), StandardCharsets.UTF_8);
  }
}
