package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.wire.postgres.Encode;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way a refusal or a hold can end, in each place a statement can stand. What the caller reads,
 * what it leaves in the tables and the state of the transaction are what PostgreSQL itself does
 * when the statement is wrong there; the target without an edge is asked the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MatrixTest {
  private static final String WRONG = "no statement at all";
  private static final String INSERT = "insert into m values (%d)";

  private Bench bench;

  enum How {
    simple,
    extended,
    pipelined,
    inTransaction,
    failedTransaction,
    several,
    copy;

    /** What stands there and is held. */
    String held() {
      return this == copy ? "copy guarded from stdin" : "delete from guarded where n = 1";
    }

    /** What stands there and is blocked. */
    String blocked() {
      return this == copy ? "copy m to program 'cat'" : "grant all on m to public";
    }

    /** The whole text that an approver puts there instead. */
    String modified() {
      return switch (this) {
        case several -> "insert into m values (12); delete from guarded where n = 2";
        case copy -> "copy guarded from stdin with (null 'none')";
        default -> "delete from guarded where n = 2";
      };
    }

    boolean pieces() {
      return this == extended || this == pipelined;
    }
  }

  enum Way {
    block,
    deny,
    modify,
    expire,
    cancel,
    lost
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(How.values())
        .flatMap(how -> Arrays.stream(Way.values()).map(way -> Arguments.of(how, way)));
  }

  @BeforeAll
  void begin() {
    bench = new Bench();
    bench.target.direct(
        "drop table if exists m, guarded; create table m(n int); create table guarded(n int)");
    Rule guards =
        new Rule(
            Rule.Action.hold,
            Set.of(Effect.create),
            new Rule.Match(List.of("public.guarded"), List.of()),
            "",
            new Rule.Hold(
                Set.of("approvers"),
                1,
                java.time.Duration.ofMinutes(5),
                Rule.Wait.stream,
                false,
                java.time.Duration.ofSeconds(60)),
            "");
    bench.control.rulebook(bench.rulebook(1, guards));
  }

  @AfterAll
  void end() {
    bench.close();
  }

  @BeforeEach
  void rows() {
    bench.target.direct("truncate m, guarded; insert into guarded values (1), (2)");
  }

  private String tables() {
    return bench.target.direct(
        "select (select coalesce(string_agg(n::text, ',' order by n), '') from m) || ' | ' ||"
            + " (select coalesce(string_agg(n::text, ',' order by n), '') from guarded)");
  }

  @ParameterizedTest(name = "{0} × {1}")
  @MethodSource("cells")
  void endsAsPostgresqlWould(How how, Way way) {
    if (way == Way.lost) {
      losesTheTarget(how);
      return;
    }
    boolean modifies = way == Way.modify && how != How.failedTransaction;
    Played expected;
    try (WireClient direct = new WireClient(bench.target.port(), "plain", "postgres", "plain")) {
      expected = play(direct, how, modifies ? how.modified() : WRONG, modifies, () -> {});
    }
    String left = tables();
    rows();
    try (WireClient client = bench.client()) {
      String text = way == Way.block ? how.blocked() : how.held();
      int before = bench.control.requests().size();
      boolean asks = way != Way.block && how != How.failedTransaction;
      Played played =
          play(
              client,
              how,
              text,
              false,
              () -> {
                if (asks) {
                  answer(client, how, way, before);
                }
              });
      assertThat(played.plain()).isEqualTo(expected.plain());
      assertThat(tables()).isEqualTo(left);
      assertThat(bench.control.requests()).hasSize(before + (asks ? 1 : 0));
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      if (!modifies) {
        assertThat(played.all()).contains(refusal(how, way));
      }
    }
  }

  /** A failed transaction refuses every statement, before anybody is asked. */
  private static String refusal(How how, Way way) {
    return way == Way.block
        ? "42501"
        : how == How.failedTransaction ? "25P02" : way == Way.cancel ? "57014" : "42501";
  }

  private void answer(WireClient client, How how, Way way, int before) {
    ApprovalCommand.Request request = bench.control.request(before);
    ApprovalId id = request.id();
    switch (way) {
      case deny -> bench.control.answer(id, new ApprovalOutcome.Denied("bob", "no"));
      case expire -> bench.control.answer(id, new ApprovalOutcome.Expired());
      case cancel -> cancel(client);
      case modify -> {
        assertThat(request.held().modifiable()).isTrue();
        if (how.pieces()) {
          // Who prepares a statement is told its shape: another text must have the same.
          assertThat(bench.control.propose(id, "delete from guarded returning n"))
              .startsWith("its columns are others");
          assertThat(bench.control.propose(id, how.modified())).isEmpty();
        }
        bench.control.answer(id, new ApprovalOutcome.Modified("bob", how.modified()));
      }
      case block, lost -> throw new IllegalArgumentException(way.name());
    }
  }

  private void cancel(WireClient client) {
    try (WireClient canceller = new WireClient(bench.edge.port())) {
      canceller.say(out -> Encode.cancelRequest(out, client.processId, client.key));
      assertThat(canceller.next()).isNull();
    }
  }

  /** As after an administrator's shutdown: 57P01, then the end; nothing is left of it. */
  private void losesTheTarget(How how) {
    try (WireClient client = bench.client()) {
      int before = bench.control.requests().size();
      boolean asks = how != How.failedTransaction;
      Played played =
          play(
              client,
              how,
              how.held(),
              false,
              () -> {
                if (asks) {
                  bench.control.request(before);
                }
                bench.target.direct(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app' and"
                        + " pid <> pg_backend_pid()");
              });
      assertThat(played.all()).contains("57P01").endsWith("end");
      assertThat(played.all()).doesNotContain("DELETE 1", "COPY 1", "COMMIT");
      assertThat(tables()).isEqualTo("| 1,2");
      if (asks) {
        Eventually.that(() ->
            bench.control.commands.stream()
                .anyMatch(c ->
                    c instanceof ApprovalCommand.Withdraw(var id, String why)
                        && id.equals(bench.control.requests().get(before).id())
                        && why.equals("upstream lost")));
      }
    }
  }

  /** What was read, unit by unit. */
  private record Played(List<String> all) {
    /** Without notices, and whatever the error was. */
    List<String> plain() {
      return all.stream()
          .filter(word -> !word.startsWith("notice "))
          .map(word -> word.matches("(?=.*[0-9])[0-9A-Z]{5}") ? "error" : word)
          .toList();
    }
  }

  /**
   * Plays one place.
   *
   * @param whole whether {@code text} stands for the whole of several statements
   * @param sent what happens once the statement is sent
   */
  private static Played play(
      WireClient client, How how, String text, boolean whole, Runnable sent) {
    List<String> read = new ArrayList<>();
    switch (how) {
      case simple -> client.query(text);
      case extended -> client.run(text).sync();
      case pipelined -> client.run(INSERT.formatted(10)).run(text).run(INSERT.formatted(11)).sync();
      case inTransaction -> {
        read.addAll(client.query("begin").unit());
        read.addAll(client.query(INSERT.formatted(10)).unit());
        client.query(text);
      }
      case failedTransaction -> {
        read.addAll(client.query("begin").unit());
        read.addAll(client.query(INSERT.formatted(10)).unit());
        read.addAll(client.query("select 1/0").unit());
        client.query(text);
      }
      case several ->
          client.query(
              whole ? text : INSERT.formatted(10) + "; " + text + "; " + INSERT.formatted(11));
      case copy -> client.query(text).say(MatrixTest::rowAndEnd);
    }
    sent.run();
    read.addAll(client.unit());
    boolean block = how == How.inTransaction || how == How.failedTransaction;
    if (block && !read.getLast().equals("end")) {
      read.addAll(client.query("commit").unit());
    }
    return new Played(read);
  }

  private static ByteBuf rowAndEnd(ByteBuf out) {
    byte[] row = "7\n".getBytes(StandardCharsets.US_ASCII);
    out.writeByte('d').writeInt(4 + row.length).writeBytes(row);
    return out.writeByte('c').writeInt(4);
  }
}
