package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.OperationId;
import countersign.session.SessionEvent;
import countersign.target.Target;
import countersign.wire.recording.SegmentCodec;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadTest {

  @Test
  void carriesABigResultToASlowReaderWithinItsBounds() throws Exception {
    try (Bench bench = new Bench();
        WireClient client = bench.client()) {
      client.query("select repeat('x', 1000) from payments a, payments b limit 100000");
      InputStream in = client.socket.getInputStream();
      byte[] buffer = new byte[256 << 10];
      Thread.sleep(700);
      assertThat(bench.edge.unsyncedBytes()).isLessThan(8 << 20);
      long total = client.seen.size();
      long most = 0;
      while (total < 101_000_000) {
        total += in.read(buffer);
        most = Math.max(most, bench.edge.unsyncedBytes());
      }
      assertThat(most).isLessThan(8 << 20);
      assertThat(bench.recorded(SegmentCodec.Direction.out).length).isGreaterThan(90_000_000);
    }
  }

  @Test
  void stopsReadingWhenTheLogIsStuck() throws Exception {
    try (Bench bench = new Bench();
        WireClient client = bench.client()) {
      client.query("select 1").unit();
      Eventually.that(() -> bench.edge.unsyncedBytes() == 0);
      client.query("select repeat('x', 1000) from payments a, payments b limit 100000");
      Eventually.that(() -> bench.edge.unsyncedBytes() > 0);
      bench.control.stick();
      Thread drain =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client
                      .socket
                      .getInputStream()
                      .transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException e) {
                  // closed at the end of the test
                }
              });
      Thread.sleep(1_000);
      assertThat(bench.edge.unsyncedBytes()).isLessThan(6 << 20);
      bench.control.unstick();
      Eventually.that(() ->
          bench.control.of(SessionEvent.OperationCompleted.class).stream()
              .anyMatch(done -> done.rows() == 100_000));
      client.close();
      drain.join();
    }
  }

  @Test
  void strictModeShowsNothingBeforeItsSegmentIsDurable() throws Exception {
    Rule.Hold terms =
        new Rule.Hold(
            Set.of("approvers"),
            1,
            Duration.ofMinutes(5),
            Rule.Wait.stream,
            false,
            Duration.ofSeconds(60));
    try (Bench bench = new Bench(terms, Target.Recording.strict);
        WireClient client = bench.client()) {
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      assertThat(bench.recorded(SegmentCodec.Direction.out)).isEqualTo(client.seen.toByteArray());
      bench.control.stick();
      client.query("select 4712");
      Thread.sleep(300);
      assertThat(bench.target.logged()).doesNotContain("select 4712");
      bench.control.unstick();
      assertThat(client.unit()).endsWith("SELECT 1", "ZI");
      bench.target.direct("drop table if exists s; create table s(n int)");
      client.query("copy s from stdin");
      client.next();
      client.raw(new byte[] {'d', 0, 0, 0, 6, '4', '\n', 'c', 0, 0, 0, 4});
      assertThat(client.unit()).containsExactly("COPY 1", "ZI");
      assertThat(bench.target.direct("select n from s")).isEqualTo("4");
    }
  }

  @Test
  void bufferedShowsReadsAtOnceAndWritesThemDownTogether() throws Exception {
    try (Bench bench = new Bench()) {
      bench.target.direct("drop table if exists kept; create table kept (n int)");
      recording(bench, Target.Recording.buffered);
      try (WireClient client = bench.client()) {
        bench.control.stick();
        int before = bench.control.decided().size();
        assertThat(client.query("select 8000").unit()).endsWith("SELECT 1", "ZI");
        assertThat(bench.control.decided()).hasSize(before);
        client.query("insert into kept values (8000)");
        Thread.sleep(200);
        assertThat(bench.target.logged()).doesNotContain("values (8000)");
        bench.control.unstick();
        assertThat(client.unit()).containsExactly("INSERT 0 1", "ZI");
        assertThat(client.query("select 8001").unit()).endsWith("SELECT 1", "ZI");
        Eventually.that(() ->
            bench.control.decided().stream().anyMatch(one -> one.text().equals("select 8001"))
                && ended(bench) >= 3);
        assertThat(bench.control.of(SessionEvent.Opened.class).getLast().recording())
            .isEqualTo("buffered");
        List<String> texts =
            bench.control.decided().stream().map(SessionEvent.OperationDecided::text).toList();
        assertThat(texts)
            .containsSubsequence("select 8000", "insert into kept values (8000)", "select 8001");
        assertDecidedBeforeEnded(bench);
      }
    }
  }

  @Test
  void anOpenSessionIsNotBufferedAnyMoreWhenADutySaysSo() throws Exception {
    try (Bench bench = new Bench()) {
      recording(bench, Target.Recording.buffered);
      try (WireClient client = bench.client()) {
        assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
        recording(bench, null);
        bench.control.stick();
        client.query("select 4714");
        Eventually.that(() -> bench.target.logged().contains("select 4714"));
        Thread.sleep(200);
        assertThat(client.socket.getInputStream().available()).isZero();
        bench.control.unstick();
        assertThat(client.unit()).endsWith("SELECT 1", "ZI");
      }
    }
  }

  @Test
  void bufferedStopsReadingWhenTheLogIsStuck() throws Exception {
    try (Bench bench = new Bench()) {
      recording(bench, Target.Recording.buffered);
      try (WireClient client = bench.client()) {
        assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
        bench.control.stick();
        AtomicInteger answered = new AtomicInteger();
        Thread asking =
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 100_000; i++) {
                    client.query("select 1").unit();
                    answered.incrementAndGet();
                  }
                });
        Thread.sleep(1_500);
        int then = answered.get();
        Thread.sleep(500);
        assertThat(answered.get()).isPositive().isLessThan(100_000).isEqualTo(then);
        client.close();
        bench.control.unstick();
        asking.join();
      }
    }
  }

  private static void recording(Bench bench, Target.@Nullable Recording contract) {
    bench.duty(was ->
        new Duty(was.name(), was.groups(), was.targets(), was.rules(), was.unmask(), contract));
  }

  private static long ended(Bench bench) {
    return bench.control.of(SessionEvent.OperationCompleted.class).size();
  }

  private static void assertDecidedBeforeEnded(Bench bench) {
    Set<OperationId> decided = new HashSet<>();
    for (SessionEvent event : List.copyOf(bench.control.events)) {
      switch (event) {
        case SessionEvent.OperationDecided one -> decided.add(one.operation());
        case SessionEvent.OperationsDecided many ->
            many.operations().forEach(one -> decided.add(one.operation()));
        case SessionEvent.OperationCompleted one -> assertThat(decided).contains(one.operation());
        case SessionEvent.OperationsCompleted many ->
            many.operations().forEach(one -> assertThat(decided).contains(one.operation()));
        default -> {}
      }
    }
  }

  @Test
  void declaresTheOutcomeUnknownWhenTheTargetDiesInBetween() {
    try (Bench bench = new Bench();
        WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("select count(*) from payments a, payments b, payments c");
      Eventually.that(() -> bench.target.logged().contains("payments b, payments c"));
      bench.target.direct(
          "select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' and pid <>"
              + " pg_backend_pid()");
      assertThat(client.unit()).contains("57P01").endsWith("end");
      Eventually.that(() -> !bench.control.of(SessionEvent.OutcomeUnknown.class).isEmpty());
      Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
    }
  }

  @Test
  void runsPgbenchPrepared() throws Exception {
    try (Bench bench = new Bench()) {
      bench.target.direct(
          "drop table if exists pgbench_accounts; create table pgbench_accounts(aid int primary key,"
              + " bid int, abalance int, filler char(84)); insert into pgbench_accounts select i, 1,"
              + " 0, '' from generate_series(1, 100000) i");
      java.nio.file.Path script = java.nio.file.Files.createTempFile("bench", ".sql");
      java.nio.file.Files.writeString(
          script,
          "\\set aid random(1, 100000)\nselect abalance from pgbench_accounts where aid = :aid;\n");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(
                "pgbench",
                "-n",
                "-M",
                "prepared",
                "-f",
                script.toString(),
                "-c",
                "4",
                "-t",
                "500",
                "-h",
                "127.0.0.1",
                "-p",
                "" + bench.edge.port(),
                "-U",
                "agent-ada",
                "orders");
        builder.environment().put("PGPASSWORD", "good");
        Psql.Said said = Psql.wait(builder.start());
        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(said.out()).contains("number of transactions actually processed: 2000/2000");
        Eventually.that(() -> bench.control.of(SessionEvent.Closed.class).size() >= 4);
        long reads =
            bench.control.decided().stream()
                .filter(one -> one.text().contains("pgbench_accounts where aid"))
                .count();
        assertThat(reads).isEqualTo(2_000);
      } finally {
        java.nio.file.Files.delete(script);
      }
    }
  }
}
