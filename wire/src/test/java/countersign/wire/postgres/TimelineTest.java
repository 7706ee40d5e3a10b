package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final Timeline timeline = new Timeline(10);
  private long now = 100;

  private void in(Consumer<ByteBuf> write) {
    timeline.in(now++, written(write));
  }

  private void out(Consumer<ByteBuf> write) {
    timeline.out(now++, written(write));
  }

  private static ByteBuf written(Consumer<ByteBuf> write) {
    ByteBuf bytes = Unpooled.buffer();
    write.accept(bytes);
    return bytes;
  }

  private void start() {
    out(b -> {
      Encode.authenticationOk(b);
      Encode.parameterStatus(b, "server_version", "18");
      Encode.backendKeyData(b, 1, new byte[4]);
      Encode.readyForQuery(b, 'I');
    });
  }

  private static final ErrorFields ERROR = ErrorFields.of("ERROR", "42601", "syntax");

  @Test
  void showsTheErrorOfAParseAndForgetsWhatTheServerSkipped() {
    start();
    in(b -> {
      Encode.parse(b, "", "selec $1", List.of());
      Encode.bind(b, "", "", List.of("5"));
      Encode.execute(b, "", 0);
      Encode.sync(b);
      Encode.query(b, "select 2");
    });
    out(b -> {
      Encode.errorResponse(b, ERROR);
      Encode.readyForQuery(b, 'I');
      Encode.rowDescription(b, List.of(Encode.textColumn("c")));
      Encode.dataRow(b, List.of("2"));
      Encode.commandComplete(b, "SELECT 1");
      Encode.readyForQuery(b, 'I');
    });
    List<Exchange> taken = timeline.take();
    assertThat(taken).extracting(Exchange::text).containsExactly("selec $1", "select 2");
    assertThat(taken.getFirst().error().code()).isEqualTo("42601");
    assertThat(taken.getLast().rows()).containsExactly(List.of("2"));
    assertThat(timeline.problem()).isEmpty();
  }

  @Test
  void skipsToASyncThatComesLater() {
    start();
    in(b -> Encode.parse(b, "", "selec", List.of()));
    out(b -> Encode.errorResponse(b, ERROR));
    in(b -> Encode.execute(b, "", 0));
    in(Encode::sync);
    out(b -> Encode.readyForQuery(b, 'I'));
    in(b -> Encode.query(b, ""));
    out(b -> {
      Encode.emptyQueryResponse(b);
      Encode.readyForQuery(b, 'I');
    });
    assertThat(timeline.take()).hasSize(2);
    assertThat(timeline.problem()).isEmpty();
  }

  @Test
  void remembersStatementsAndPortalsOverManyExecutions() {
    start();
    in(b -> {
      Encode.parse(b, "s", "select $1", List.of(25));
      Encode.describe(b, 'S', "s");
      Encode.sync(b);
    });
    out(b -> {
      Encode.parseComplete(b);
      Encode.parameterDescription(b, List.of(25));
      Encode.rowDescription(b, List.of(Encode.textColumn("c")));
      Encode.readyForQuery(b, 'I');
    });
    for (int i = 0; i < 3; i++) {
      String value = "v" + i;
      in(b -> {
        Encode.bind(b, "p", "s", Arrays.asList(value, null));
        Encode.execute(b, "p", 0);
        Encode.close(b, 'P', "p");
        Encode.sync(b);
      });
      out(b -> {
        Encode.bindComplete(b);
        Encode.dataRow(b, List.of(value));
        Encode.commandComplete(b, "SELECT 1");
        Encode.closeComplete(b);
        Encode.readyForQuery(b, 'T');
      });
    }
    List<Exchange> taken = timeline.take();
    assertThat(taken).hasSize(3).allMatch(e -> e.text().equals("select $1"));
    assertThat(taken.get(2).binds()).containsExactly("v2", null);
    assertThat(taken.get(2).columns().getFirst().name()).isEqualTo("c");
    assertThat(taken.get(2).status()).isEqualTo("T");
  }

  @Test
  void ignoresTheSyncDuringAnExtendedCopyFromTheClient() {
    start();
    in(b -> {
      Encode.parse(b, "", "copy t from stdin", List.of());
      Encode.bind(b, "", "", List.of());
      Encode.execute(b, "", 0);
      Encode.sync(b);
    });
    out(b -> {
      Encode.parseComplete(b);
      Encode.bindComplete(b);
      b.writeByte('G').writeInt(7).writeByte(0).writeShort(0);
    });
    in(b -> {
      b.writeByte('d').writeInt(10).writeBytes("a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
      b.writeByte('c').writeInt(4);
      Encode.sync(b);
    });
    out(b -> {
      Encode.commandComplete(b, "COPY 3");
      Encode.readyForQuery(b, 'I');
    });
    in(b -> Encode.query(b, "select 1"));
    out(b -> {
      Encode.commandComplete(b, "SELECT 0");
      Encode.readyForQuery(b, 'I');
    });
    List<Exchange> taken = timeline.take();
    assertThat(taken).hasSize(2);
    assertThat(taken.getFirst().kind()).isEqualTo(Exchange.Kind.copy);
    assertThat(taken.getFirst().rows()).containsExactly(List.of("a"), List.of("b"), List.of("c"));
    assertThat(taken.getLast().text()).isEqualTo("select 1");
    assertThat(timeline.problem()).isEmpty();
  }

  @Test
  void showsTheNoticesOfAHoldAndTheRefusal() {
    start();
    in(b -> Encode.query(b, "delete from payments"));
    out(b ->
        Encode.noticeResponse(
            b, ErrorFields.of("NOTICE", "00000", "countersign: held apr-1").withHint("link")));
    assertThat(timeline.take()).isEmpty();
    out(b -> {
      Encode.errorResponse(b, ErrorFields.of("ERROR", "42501", "denied"));
      Encode.readyForQuery(b, 'I');
    });
    Exchange held = timeline.take().getFirst();
    assertThat(held.notices().getFirst().hint()).isEqualTo("link");
    assertThat(held.error().code()).isEqualTo("42501");
    assertThat(held.endMicros()).isGreaterThan(held.micros());
  }

  @Test
  void givesWhatHasNoEndWhenTheRecordingEnds() {
    start();
    in(b -> Encode.query(b, "select pg_sleep(100)"));
    out(b -> Encode.rowDescription(b, List.of(Encode.textColumn("c"))));
    assertThat(timeline.take()).isEmpty();
    Exchange open = timeline.end().getFirst();
    assertThat(open.text()).isEqualTo("select pg_sleep(100)");
    assertThat(open.endMicros()).isEqualTo(-1);
    assertThat(open.status()).isEmpty();
  }

  @Test
  void showsAFatalErrorThatNobodyAskedFor() {
    start();
    out(b -> Encode.errorResponse(b, ErrorFields.of("FATAL", "57P01", "terminating")));
    Exchange fatal = timeline.take().getFirst();
    assertThat(fatal.kind()).isEqualTo(Exchange.Kind.unasked);
    assertThat(fatal.error().code()).isEqualTo("57P01");
  }

  @Test
  void findsItsWayBackAfterAGap() {
    start();
    in(b -> Encode.query(b, "lost"));
    timeline.gap(now);
    in(b -> b.writeZero(3));
    out(b -> b.writeBytes("garbage".getBytes(StandardCharsets.UTF_8)));
    out(b -> {
      b.writeZero(100);
      Encode.readyForQuery(b, 'I');
    });
    in(b -> Encode.query(b, "found"));
    out(b -> {
      Encode.commandComplete(b, "SELECT 0");
      Encode.readyForQuery(b, 'I');
    });
    List<Exchange> taken = timeline.take();
    assertThat(taken).extracting(Exchange::text).containsExactly("lost", "found");
    assertThat(taken.getFirst().endMicros()).isEqualTo(-1);
    assertThat(timeline.problem()).contains("missing");
  }

  @Test
  void goesOnAfterAnAnswerThatNobodyAskedFor() {
    start();
    in(b -> Encode.query(b, "one"));
    out(b -> {
      Encode.parseComplete(b);
      Encode.readyForQuery(b, 'I');
    });
    in(b -> Encode.query(b, "two"));
    out(b -> {
      Encode.commandComplete(b, "SELECT 0");
      Encode.readyForQuery(b, 'I');
    });
    assertThat(timeline.take()).extracting(Exchange::text).containsExactly("two");
    assertThat(timeline.problem()).isNotEmpty();
  }

  @Test
  void keepsBoundsOnRowsAndValues() {
    start();
    in(b -> Encode.query(b, "select"));
    out(b -> Encode.rowDescription(b, List.of(Encode.textColumn("c"))));
    for (int i = 0; i < 50; i++) {
      out(b -> Encode.dataRow(b, List.of("ü".repeat(100_000))));
    }
    out(b -> {
      Encode.commandComplete(b, "SELECT 50");
      Encode.readyForQuery(b, 'I');
    });
    Exchange exchange = timeline.take().getFirst();
    assertThat(exchange.rowCount()).isEqualTo(50);
    assertThat(exchange.rows()).hasSize(10);
    assertThat(exchange.rows().getFirst().getFirst())
        .hasSizeLessThanOrEqualTo(OpenExchange.MOST_OF_VALUE + 1)
        .endsWith("ü…");
    assertThat(exchange.truncated()).isTrue();
  }

  @Test
  void neverThrowsWhateverTheBytes() {
    Random random = new Random(9);
    String types = "QPBDECHSXdcfFpRKZENTI123ntsGWAvV";
    for (int round = 0; round < 3_000; round++) {
      try (Timeline any = new Timeline(5)) {
        List<Exchange> all = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
          ByteBuf bytes = Unpooled.buffer();
          byte[] body = new byte[random.nextInt(12)];
          random.nextBytes(body);
          if (random.nextBoolean()) {
            Arrays.fill(body, (byte) 0);
          }
          bytes.writeByte(types.charAt(random.nextInt(types.length())));
          bytes.writeInt(random.nextInt(20) == 0 ? random.nextInt() : body.length + 4);
          bytes.writeBytes(body);
          if (random.nextInt(5) == 0) {
            Encode.readyForQuery(bytes, 'I');
          }
          if (random.nextBoolean()) {
            any.in(i, bytes);
          } else {
            any.out(i, bytes);
          }
          all.addAll(any.take());
        }
        all.addAll(any.end());
        for (int i = 0; i < all.size(); i++) {
          assertThat(all.get(i).index()).isEqualTo(i);
        }
      }
    }
  }
}
