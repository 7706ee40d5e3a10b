package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import countersign.wire.recording.SegmentCodec.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What real clients and a real server said, as a timeline. */
class TimelineOfRealClientsTest {

  private static final String SCRIPT =
      """
      create temp table payments (id int primary key, amount numeric, note text);
      insert into payments select i, i * 1.5, 'note ü ' || i from generate_series(1, 5) i;
      select * from payments order by id;
      select 1 as a, null as b\\; select 'x' as c\\; update payments set amount = 0 where id = 1;
      select 1/0;
      begin;
      select nothing from payments;
      select 1;
      rollback;
      do $$ begin raise notice 'hello %', 5 using hint = 'wave', detail = 'loud'; end $$;
      copy payments to stdout;
      copy payments (id, amount, note) from stdin;
      10	1	ten
      11	2	eleven
      \\.
      ;
      select generate_series(1, 1000);
      select repeat('x', 3000000) as big;
      listen news;
      notify news, 'it happened';
      delete from payments;
      """;

  private static List<Frame> psql() throws Exception {
    RealPostgres postgres = RealPostgres.shared();
    Path script = Files.createTempFile("script", ".sql");
    try (Tap tap = new Tap(postgres.port())) {
      Files.writeString(script, SCRIPT);
      postgres.client("psql", tap.port(), "-d", "postgres", "-X", "-q", "-f", script.toString());
      return tap.conversation();
    } finally {
      Files.delete(script);
    }
  }

  private static List<Exchange> timeline(List<Frame> frames) {
    List<Exchange> exchanges = new ArrayList<>();
    try (Timeline timeline = new Timeline(200)) {
      for (Frame frame : frames) {
        ByteBuf bytes = Unpooled.wrappedBuffer(frame.bytes());
        if (frame.direction() == Direction.in) {
          timeline.in(frame.micros(), bytes);
        } else {
          timeline.out(frame.micros(), bytes);
        }
        exchanges.addAll(timeline.take());
      }
      exchanges.addAll(timeline.end());
      assertThat(timeline.problem()).isEmpty();
    }
    return exchanges;
  }

  private static Exchange asked(List<Exchange> exchanges, String text) {
    return exchanges.stream()
        .filter(exchange -> exchange.text().startsWith(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError(text + " in " + exchanges));
  }

  private static void check(List<Exchange> exchanges) {
    for (int i = 0; i < exchanges.size(); i++) {
      assertThat(exchanges.get(i).index()).isEqualTo(i);
      assertThat(exchanges.get(i).endMicros()).isGreaterThanOrEqualTo(exchanges.get(i).micros());
    }
    Exchange rows = asked(exchanges, "select * from payments order");
    assertThat(rows.columns())
        .containsExactly(
            new Exchange.Column("id", 23, "int4", "text"),
            new Exchange.Column("amount", 1700, "numeric", "text"),
            new Exchange.Column("note", 25, "text", "text"));
    assertThat(rows.rows()).hasSize(5).contains(List.of("2", "3.0", "note ü 2"));
    assertThat(rows.tag()).isEqualTo("SELECT 5");
    assertThat(rows.status()).isEqualTo("I");

    Exchange many = asked(exchanges, "select 1 as a, null as b;");
    assertThat(many.rows().getFirst()).containsExactly("1", null);
    Exchange second = exchanges.get((int) many.index() + 1);
    assertThat(second.text()).isEmpty();
    assertThat(second.rows()).containsExactly(List.of("x"));
    assertThat(exchanges.get((int) many.index() + 2).tag()).isEqualTo("UPDATE 1");

    assertThat(asked(exchanges, "select 1/0").error().code()).isEqualTo("22012");
    assertThat(asked(exchanges, "begin").status()).isEqualTo("T");
    assertThat(asked(exchanges, "select nothing").status()).isEqualTo("E");
    assertThat(asked(exchanges, "select 1;").error().code()).isEqualTo("25P02");
    assertThat(asked(exchanges, "rollback").status()).isEqualTo("I");

    Exchange.Report notice = asked(exchanges, "do ").notices().getFirst();
    assertThat(notice.message()).isEqualTo("hello 5");
    assertThat(notice.hint()).isEqualTo("wave");
    assertThat(notice.detail()).isEqualTo("loud");

    Exchange out = asked(exchanges, "copy payments to");
    assertThat(out.kind()).isEqualTo(Exchange.Kind.copy);
    assertThat(out.rows()).hasSize(5).contains(List.of("2\t3.0\tnote ü 2"));
    Exchange in = asked(exchanges, "copy payments (id");
    assertThat(in.kind()).isEqualTo(Exchange.Kind.copy);
    assertThat(in.rowCount()).isEqualTo(2);
    assertThat(in.rows()).startsWith(List.of("10\t1\tten"));
    assertThat(in.tag()).isEqualTo("COPY 2");

    Exchange long1 = asked(exchanges, "select generate_series");
    assertThat(long1.rowCount()).isEqualTo(1000);
    assertThat(long1.rows()).hasSize(200);
    assertThat(long1.truncated()).isTrue();
    Exchange big = asked(exchanges, "select repeat");
    assertThat(big.rowCount()).isEqualTo(1);
    assertThat(big.truncated()).isTrue();
    assertThat(big.tag()).isEqualTo("SELECT 1");
    assertThat(exchanges.toString()).contains("news: it happened");
    assertThat(exchanges.getLast().tag()).isEqualTo("DELETE 7");
  }

  @Test
  void showsWhatPsqlAskedAndSaw() throws Exception {
    check(timeline(psql()));
  }

  @Test
  void showsTheSameAfterTheSegmentsOfARecording() throws Exception {
    List<Frame> frames = psql();
    List<Exchange> direct = timeline(frames);
    List<Frame> read = new ArrayList<>();
    for (SegmentCodec.Segment segment : segments(frames)) {
      long micros = segment.fromMicros();
      for (Frame frame : SegmentCodec.decode(segment.frames())) {
        micros += frame.micros();
        read.add(new Frame(frame.direction(), micros, frame.bytes()));
      }
    }
    assertThat(timeline(read)).isEqualTo(direct);
  }

  private static List<SegmentCodec.Segment> segments(List<Frame> frames) {
    List<SegmentCodec.Segment> segments = new ArrayList<>();
    try (SegmentCodec.Encoder encoder = new SegmentCodec.Encoder()) {
      for (Frame frame : frames) {
        ByteBuf bytes = Unpooled.wrappedBuffer(frame.bytes());
        while (!encoder.add(frame.direction(), frame.micros(), bytes)) {
          segments.add(encoder.finish());
        }
      }
      segments.add(encoder.finish());
    }
    return segments;
  }

  @Test
  void showsTheSameWhereverTheBytesAreCut() throws Exception {
    List<Frame> frames = psql();
    List<Exchange> direct = timeline(frames);
    Random random = new Random(5);
    for (int round = 0; round < 5; round++) {
      List<Frame> cut = new ArrayList<>();
      for (Frame frame : frames) {
        for (int at = 0; at < frame.bytes().length; ) {
          int step = Math.min(frame.bytes().length - at, 1 + random.nextInt(round * 400 + 50));
          cut.add(
              new Frame(
                  frame.direction(),
                  frame.micros(),
                  java.util.Arrays.copyOfRange(frame.bytes(), at, at + step)));
          at += step;
        }
      }
      assertThat(timeline(cut)).isEqualTo(direct);
    }
  }

  @Test
  void showsWhatPgbenchPreparedBoundAndSaw() throws Exception {
    RealPostgres postgres = RealPostgres.shared();
    Path script = Files.createTempFile("script", ".sql");
    try (Tap tap = new Tap(postgres.port())) {
      Files.writeString(
          script, "\\set x random(7, 7)\nselect :x + 1 as sum;\nselect 1 / (:x - 7);\n");
      String said =
          postgres.client(
              "pgbench",
              tap.port(),
              "-n",
              "-M",
              "prepared",
              "-t",
              "3",
              "-f",
              script.toString(),
              "postgres");
      List<Exchange> exchanges = timeline(tap.conversation());
      Exchange sum = asked(exchanges, "select $1 + 1 as sum");
      assertThat(sum.kind()).as(said).isEqualTo(Exchange.Kind.extended);
      assertThat(sum.binds()).containsExactly("7");
      assertThat(sum.rows()).containsExactly(List.of("8"));
      assertThat(sum.columns().getFirst().name()).isEqualTo("sum");
      assertThat(exchanges.toString()).contains("division by zero");
    } finally {
      Files.delete(script);
    }
  }

  @Test
  void readsTheGoldenTranscript() throws Exception {
    Path write = Path.of(System.getProperty("golden.write", ""));
    if (!write.toString().isEmpty()) {
      write(write, psql());
    }
    try (InputStream in = getClass().getResourceAsStream("psql-15.recording")) {
      DataInputStream data = new DataInputStream(in);
      List<Frame> read = new ArrayList<>();
      while (data.available() > 0) {
        long micros = data.readLong();
        for (Frame frame : SegmentCodec.decode(data.readNBytes(data.readInt()))) {
          micros += frame.micros();
          read.add(new Frame(frame.direction(), micros, frame.bytes()));
        }
      }
      check(timeline(read));
    }
  }

  /** Segments one after the other: time of the first frame, length, bytes. */
  private static void write(Path file, List<Frame> frames) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      for (SegmentCodec.Segment segment : segments(frames)) {
        out.writeLong(segment.fromMicros());
        out.writeInt(segment.frames().length);
        out.write(segment.frames());
      }
    }
  }
}
