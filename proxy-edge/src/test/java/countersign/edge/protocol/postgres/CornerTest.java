package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalOutcome;
import countersign.session.SessionEvent;
import countersign.wire.postgres.Encode;
import countersign.wire.recording.SegmentCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CornerTest {
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.target.direct("drop table if exists c; create table c(n int primary key)");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private static byte[] copyData(String text) {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    return java.nio.ByteBuffer.allocate(5 + data.length)
        .put((byte) 'd')
        .putInt(4 + data.length)
        .put(data)
        .array();
  }

  private static final byte[] COPY_DONE = {'c', 0, 0, 0, 4};

  private static void expectSelectWorks(WireClient client) {
    assertThat(client.query("select 1").unit())
        .containsExactly("RowDescription", "DataRow", "SELECT 1", "ZI");
  }

  @Test
  void survivesBadCopyDataInBothProtocols() {
    try (WireClient client = bench.client()) {
      client.query("copy c from stdin").next();
      client.raw(copyData("1\n")).raw(copyData("nonsense\n")).raw(copyData("2\n")).raw(COPY_DONE);
      assertThat(client.unit()).containsExactly("22P02", "ZI");
      expectSelectWorks(client);
      client.run("copy c from stdin").sync();
      for (int i = 0; i < 3; i++) {
        client.next();
      }
      client.raw(copyData("nonsense\n")).raw(copyData("2\n")).raw(COPY_DONE).sync();
      assertThat(client.unit()).containsExactly("22P02", "ZI");
      expectSelectWorks(client);
    }
  }

  @Test
  void passesCopyFail() {
    try (WireClient client = bench.client()) {
      client.query("copy c from stdin").next();
      client.raw(copyData("1\n")).say(out -> Encode.copyFail(out, "changed my mind"));
      assertThat(client.unit()).containsExactly("57014", "ZI");
      client.raw(copyData("9\n")).raw(COPY_DONE);
      expectSelectWorks(client);
    }
  }

  @Test
  void copiesInWithFlushAndALateSync() {
    try (WireClient client = bench.client()) {
      client.run("copy c from stdin").flush();
      for (int i = 0; i < 3; i++) {
        client.next();
      }
      client.raw(copyData("5\n")).raw(COPY_DONE);
      assertThat(client.sync().unit()).containsExactly("COPY 1", "ZI");
      expectSelectWorks(client);
      assertThat(bench.target.direct("select n from c")).isEqualTo("5");
    }
  }

  @Test
  void endsACopyWhenSomethingElseComesInItsMiddle() {
    try (WireClient client = bench.client()) {
      client.query("copy c from stdin").next();
      client.query("select 1");
      assertThat(client.unit()).contains("57014", "ZI");
      assertThat(client.unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void bindsAheadOfExecution() {
    try (WireClient client = bench.client()) {
      client.parse("", "insert into c values (1)").bind("p", "").flush();
      assertThat(WireClient.word(client.next())).isEqualTo("ParseComplete");
      assertThat(WireClient.word(client.next())).isEqualTo("BindComplete");
      assertThat(client.execute("p").sync().unit()).containsExactly("INSERT 0 1", "ZI");
      assertThat(
              bench.control.decided().stream()
                  .filter(one -> one.text().startsWith("insert"))
                  .count())
          .isEqualTo(1);
      client.parse("d", "delete from c").bind("p", "d").flush();
      bench.control.answer(bench.control.request(0).id(), new ApprovalOutcome.Approved("bob"));
      for (String word = ""; !word.equals("BindComplete"); ) {
        word = WireClient.word(client.next());
      }
      assertThat(client.execute("p").sync().unit()).containsExactly("DELETE 1", "ZI");
      assertThat(bench.control.requests()).hasSize(1);
    }
  }

  @Test
  void preparesWithFlushAndExecutesInTheSameUnit() {
    try (WireClient client = bench.client()) {
      client.parse("s", "insert into c values ($1)");
      client.say(out -> Encode.describe(out, 'S', "s")).flush();
      assertThat(WireClient.word(client.next())).isEqualTo("ParseComplete");
      client.next();
      assertThat(WireClient.word(client.next())).isEqualTo("NoData");
      assertThat(client.bind("", "s", "3").execute("").sync().unit())
          .containsExactly("BindComplete", "INSERT 0 1", "ZI");
    }
  }

  @Test
  void fetchesAPortalInPiecesInsideAReadWriteBlock() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.query("insert into c select generate_series(1, 5)");
      List<String> inserted = client.unit();
      if (inserted.contains("42501")) {
        client.query("rollback").unit();
        client.query("begin").unit();
        for (int i = 1; i <= 5; i++) {
          client.query("insert into c values (" + i + ")").unit();
        }
      }
      client.parse("", "select n from c order by n").bind("cur", "");
      client.say(out -> Encode.execute(out, "cur", 2)).sync();
      assertThat(client.unit())
          .containsExactly(
              "ParseComplete", "BindComplete", "DataRow", "DataRow", "PortalSuspended", "ZT");
      client.say(out -> Encode.execute(out, "cur", 2)).sync();
      assertThat(client.unit()).containsExactly("DataRow", "DataRow", "PortalSuspended", "ZT");
      client.say(out -> Encode.execute(out, "cur", 0)).sync();
      assertThat(client.unit()).containsExactly("DataRow", "SELECT 1", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
    }
  }

  @Test
  void runsAWholeTransactionInOnePipeline() {
    try (WireClient client = bench.client()) {
      client.run("begin").run("insert into c values (1)").run("select n from c");
      client.run("insert into c values (2)").run("commit").run("select n from c").sync();
      assertThat(client.unit())
          .contains("BEGIN", "INSERT 0 1", "SELECT 1", "COMMIT", "SELECT 2")
          .endsWith("ZI");
      assertThat(bench.target.direct("select count(*) from c")).isEqualTo("2");
    }
  }

  @Test
  void keepsStepWithErrorsOfTheTargetInPipelines() {
    try (WireClient client = bench.client()) {
      client.run("insert into c values (1)").run("insert into c values (1)");
      client.run("insert into c values (2)").sync();
      client.run("insert into c values (7)").sync();
      client.run("select 1/0").run("select 1").sync();
      assertThat(client.unit())
          .containsExactly(
              "ParseComplete",
              "BindComplete",
              "INSERT 0 1",
              "ParseComplete",
              "BindComplete",
              "23505",
              "ZI");
      assertThat(client.unit())
          .containsExactly("ParseComplete", "BindComplete", "INSERT 0 1", "ZI");
      assertThat(client.unit()).contains("22012").endsWith("ZI").hasSizeLessThan(5);
      expectSelectWorks(client);
      assertThat(bench.target.direct("select n from c")).isEqualTo("7");
    }
  }

  @Test
  void sendsNothingMoreOfAUnitThatFailedWhileItsNextDecisionWasUnderWay() {
    try (WireClient client = bench.client()) {
      client.run("insert into c values (1)").run("select 1/0").run("insert into c values (2)");
      client.flush();
      for (String word = ""; !word.equals("22012"); ) {
        word = WireClient.word(client.next());
      }
      assertThat(client.sync().unit()).containsExactly("ZI");
      bench.control.delayMillis = 60;
      client.run("select 1/0").run("insert into c values (3)").run("grant all on c to public");
      assertThat(client.sync().unit()).contains("22012").endsWith("ZI").doesNotContain("42501");
      bench.control.delayMillis = 0;
      expectSelectWorks(client);
      assertThat(bench.target.direct("select count(*) from c")).isEqualTo("0");
    }
  }

  @Test
  void keepsTheFirstMeaningOfANameWhenItsSecondParseFails() {
    try (WireClient client = bench.client()) {
      assertThat(client.parse("s", "select 1").sync().unit())
          .containsExactly("ParseComplete", "ZI");
      assertThat(client.parse("s", "delete from c").sync().unit()).containsExactly("42P05", "ZI");
      assertThat(client.bind("", "s").execute("").sync().unit())
          .containsExactly("BindComplete", "DataRow", "SELECT 1", "ZI");
      assertThat(client.bind("", "nobody").execute("").sync().unit())
          .containsExactly("42501", "ZI");
    }
  }

  @Test
  void refusesInvalidUtf8InAParseAndSkipsToSync() {
    try (WireClient client = bench.client()) {
      client.run("insert into c values (1)");
      client.raw(new byte[] {'P', 0, 0, 0, 10, 0, (byte) 0xff, (byte) 0xfe, 0, 0, 0});
      client.run("insert into c values (2)").sync();
      assertThat(client.unit()).contains("22021").endsWith("ZI");
      expectSelectWorks(client);
      assertThat(bench.target.direct("select count(*) from c")).isEqualTo("0");
    }
  }

  @Test
  void answersAnEmptyQueryAndALoneSync() {
    try (WireClient client = bench.client()) {
      assertThat(client.query("").unit()).containsExactly("EmptyQueryResponse", "ZI");
      assertThat(client.sync().unit()).containsExactly("ZI");
      assertThat(client.flush().sync().unit()).containsExactly("ZI");
    }
  }

  @Test
  void closesOnAMessageThatDoesNotExist() {
    try (WireClient client = bench.client()) {
      client.raw(new byte[] {'~', 0, 0, 0, 4});
      assertThat(client.unit()).containsExactly("08P01", "end");
    }
  }

  @Test
  void closesOnAnImpossibleLength() {
    try (WireClient client = bench.client()) {
      client.raw(new byte[] {'Q', (byte) 0xff, 0, 0, 4});
      assertThat(client.unit()).containsExactly("08P01", "end");
    }
    Eventually.that(() -> bench.edge.sessions() == 0);
  }

  @Test
  void ctrlCInPsqlWithdrawsAndTheScriptGoesOn() throws Exception {
    Process psql = bench.psqlInBackground("delete from c", "select 5");
    bench.control.request(0);
    Thread.sleep(100);
    new ProcessBuilder("kill", "-INT", "" + psql.pid()).start().waitFor(5, TimeUnit.SECONDS);
    Psql.Said said = Psql.wait(psql);
    assertThat(said.err()).contains("57014");
    Eventually.that(() ->
        bench.control.commands.stream()
            .anyMatch(c ->
                c instanceof ApprovalCommand.Withdraw(_, String why) && why.equals("cancelled")));
  }

  @Test
  void recordsAWholeMixedConversationByteForByte() {
    try (WireClient client = bench.client()) {
      for (int i = 0; i < 60; i++) {
        switch (i % 6) {
          case 0 -> client.query("select * from payments where id < 20");
          case 1 -> client.query("insert into c values (" + i + ")");
          case 2 -> client.run("select note from payments where id = $1", "" + i).sync();
          case 3 -> client.query("grant all on c to public");
          case 4 -> client.run("grant all on c to public").run("select 1").sync();
          default -> client.query("show countersign.may");
        }
        client.unit();
      }
      client.say(Encode::terminate);
      Eventually.that(() -> !bench.control.of(SessionEvent.Closed.class).isEmpty());
      assertThat(bench.recorded(SegmentCodec.Direction.in)).isEqualTo(client.sent.toByteArray());
      assertThat(bench.recorded(SegmentCodec.Direction.out)).isEqualTo(client.seen.toByteArray());
      SessionEvent.Closed closed = bench.control.of(SessionEvent.Closed.class).getFirst();
      assertThat(closed.bytesIn()).isEqualTo(client.sent.size());
      assertThat(closed.bytesOut()).isEqualTo(client.seen.size());
      assertThat(closed.segments())
          .isEqualTo(bench.control.of(SessionEvent.SegmentRecorded.class).size());
    }
  }
}
