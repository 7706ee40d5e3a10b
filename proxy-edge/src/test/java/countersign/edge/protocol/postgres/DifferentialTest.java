package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.session.SessionEvent;
import countersign.wire.postgres.Encode;
import countersign.wire.recording.SegmentCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Random conversations with the target itself and through the edge must read the same. */
class DifferentialTest {
  private static final List<String> TEXTS =
      List.of(
          "select 1",
          "select n from d order by n",
          "insert into d values (1)",
          "insert into d values (2), (3)",
          "update d set n = n + 100",
          "delete from d where n > 50",
          "begin",
          "begin read only",
          "commit",
          "rollback",
          "savepoint a",
          "rollback to a",
          "release a",
          "select 1/0",
          "selec nonsense",
          "select 1/(n - n) from d",
          "",
          "select 1; select 2",
          "insert into d values (9); select 1/0",
          "begin; insert into d values (4); commit",
          "select generate_series(1, 3)",
          "show statement_timeout",
          "set statement_timeout = '60s'",
          "truncate d",
          "create table if not exists e(n int)",
          "drop table if exists e",
          "select pg_typeof(1)",
          "do $$ begin perform 1; end $$",
          "copy d to stdout");

  private final Random random;

  DifferentialTest() {
    this.random = new Random(Long.getLong("seed", 20_261_121L));
  }

  @Test
  void readsTheSameAsTheTargetItself() {
    try (Bench bench = new Bench()) {
      bench.allowEverything();
      bench.target.direct("create database direct");
      bench.target.direct("create database through");
      int readOnly = 0;
      int conversations = Integer.getInteger("conversations", 60);
      for (int i = 0; i < conversations; i++) {
        long seed = random.nextLong();
        bench.control.delayMillis = i % 3;
        List<String> direct =
            converse(seed, new WireClient(bench.target.port(), "plain", "direct", "plain"));
        List<String> through =
            converse(
                seed, new WireClient(bench.edge.port(), "agent-ada", "orders/through", "good"));
        if (through.contains("25006") && !direct.contains("25006")) {
          readOnly++; // a write after a Flush, in a unit that began with reads: see AccessMode
          continue;
        }
        assertThat(through)
            .as(() -> "seed " + seed + firstDifference(direct, through))
            .isEqualTo(direct);
      }
      assertThat(readOnly).isLessThan(1 + conversations / 10);
      Eventually.that(() -> bench.edge.sessions() == 0);
      assertThat(bench.control.of(SessionEvent.OutcomeUnknown.class)).isEmpty();
      assertEveryForwardedOperationEnds(bench);
      assertThat(bench.edge.unsyncedBytes()).isZero();
      assertThat(bench.recorded(SegmentCodec.Direction.out)).isNotEmpty();
    }
  }

  private static String firstDifference(List<String> direct, List<String> through) {
    int at = 0;
    while (at < Math.min(direct.size(), through.size()) && direct.get(at).equals(through.get(at))) {
      at++;
    }
    int from = Math.max(0, at - 24);
    return "\n   direct: "
        + direct.subList(from, Math.min(direct.size(), at + 6))
        + "\n  through: "
        + through.subList(from, Math.min(through.size(), at + 6))
        + "\n";
  }

  private static void assertEveryForwardedOperationEnds(Bench bench) {
    List<Object> decided = new ArrayList<>();
    bench.control.decided().forEach(one -> decided.add(one.operation()));
    assertThat(decided).doesNotHaveDuplicates();
    List<Object> ended = new ArrayList<>();
    bench
        .control
        .of(SessionEvent.OperationCompleted.class)
        .forEach(one -> ended.add(one.operation()));
    assertThat(ended).doesNotHaveDuplicates();
    assertThat(decided).containsAll(ended);
  }

  private static List<String> converse(long seed, WireClient client) {
    Random random = new Random(seed);
    List<String> said = new ArrayList<>();
    try (client) {
      client.query("drop table if exists d; create table d(n int); insert into d values (0)");
      client.unit();
      for (int unit = 0; unit < 12; unit++) {
        if (random.nextInt(3) == 0) {
          String text = pick(random);
          said.add("Q " + text);
          client.query(text);
        } else {
          int messages = 1 + random.nextInt(8);
          for (int i = 0; i < messages; i++) {
            message(random, said).accept(client);
          }
          said.add("S");
          client.sync();
        }
        said.addAll(client.unit().stream().filter(word -> !word.startsWith("notice")).toList());
      }
      client.say(Encode::terminate);
    }
    return said;
  }

  private static String pick(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static Consumer<WireClient> message(Random random, List<String> said) {
    String statement = random.nextBoolean() ? "" : "s" + random.nextInt(2);
    String portal = random.nextBoolean() ? "" : "p" + random.nextInt(2);
    int kind = random.nextInt(12);
    int rows = random.nextInt(3);
    String text = pick(random);
    said.add("message " + kind + " " + statement + "/" + portal + " " + text);
    return switch (kind) {
      case 0, 1 -> client -> client.parse(statement, text);
      case 2, 3 -> client -> client.bind(portal, statement);
      case 4 -> client -> client.say(out -> Encode.describe(out, 'S', statement));
      case 5 -> client -> client.say(out -> Encode.describe(out, 'P', portal));
      case 6, 7 -> client -> client.say(out -> Encode.execute(out, portal, rows));
      case 8 -> client -> client.say(out -> Encode.close(out, rows == 0 ? 'S' : 'P', statement));
      case 9 -> WireClient::flush;
      default ->
          client -> {
            client.parse(statement, text).bind(portal, statement);
            client.say(out -> Encode.execute(out, portal, rows));
          };
    };
  }
}
