package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.wire.postgres.Piece.Chunk;
import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameReaderTest {

  private record Seen(List<Byte> types, byte[] bytes, int begun) {}

  private static Seen drain(FrameReader reader, List<ByteBuf> feeds) {
    List<Byte> types = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int begun = 0;
    for (ByteBuf feed : feeds) {
      reader.feed(feed);
      for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
        if (piece instanceof Frame) {
          types.add(piece.type());
        } else if (piece instanceof Chunk chunk) {
          begun += chunk.begun();
        }
        bytes.writeBytes(ByteBufUtil.getBytes(piece.bytes()));
        piece.release();
      }
    }
    return new Seen(types, bytes.toByteArray(), begun);
  }

  private static ByteBuf conversation() {
    ByteBuf out = Unpooled.buffer();
    Encode.sslRequest(out);
    Encode.startup(out, FrontendMessage.Startup.V3_0, Map.of("user", "ada", "database", "orders"));
    Encode.password(out, "token");
    Encode.query(out, "select 'ü', 1");
    Encode.parse(out, "s1", "select $1", List.of(23));
    Encode.bind(out, "", "s1", List.of("1"));
    Encode.describe(out, 'P', "");
    Encode.execute(out, "", 0);
    Encode.sync(out);
    Encode.terminate(out);
    return out;
  }

  @Test
  void readsTheSameMessagesWhereverTheBytesAreCut() {
    byte[] all = ByteBufUtil.getBytes(conversation());
    List<Byte> whole =
        drain(FrameReader.frontend(Limits.EDGE), List.of(Unpooled.copiedBuffer(all))).types();
    assertThat(whole).hasSize(10).startsWith((byte) 0, (byte) 0, (byte) 'p', (byte) 'Q');
    for (int cut = 1; cut < all.length; cut++) {
      try (FrameReader reader = FrameReader.frontend(Limits.EDGE)) {
        Seen seen =
            drain(
                reader,
                List.of(
                    Unpooled.copiedBuffer(all, 0, cut),
                    Unpooled.copiedBuffer(all, cut, all.length - cut)));
        assertThat(seen.types()).as("cut at %d", cut).isEqualTo(whole);
        assertThat(seen.bytes()).isEqualTo(all);
        assertThat(reader.atBoundary()).isTrue();
      }
    }
  }

  @Test
  void readsTheSameMessagesByteByByte() {
    byte[] all = ByteBufUtil.getBytes(conversation());
    List<ByteBuf> feeds = new ArrayList<>();
    for (byte b : all) {
      feeds.add(Unpooled.copiedBuffer(new byte[] {b}));
    }
    Seen seen = drain(FrameReader.frontend(Limits.EDGE), feeds);
    assertThat(seen.types()).hasSize(10);
    assertThat(seen.bytes()).isEqualTo(all);
  }

  private static ByteBuf rows(int count, Random random) {
    ByteBuf out = Unpooled.buffer();
    for (int i = 0; i < count; i++) {
      Encode.dataRow(out, List.of("x".repeat(random.nextInt(40)), "y"));
      if (random.nextInt(5) == 0) {
        Encode.noticeResponse(out, ErrorFields.of("NOTICE", "00000", "n"));
      }
    }
    Encode.commandComplete(out, "SELECT " + count);
    return Encode.readyForQuery(out, 'I');
  }

  @Test
  void handsRowsOutAsRunsThatAreExactlyTheBytes() {
    Random random = new Random(7);
    byte[] all = ByteBufUtil.getBytes(rows(500, random));
    for (int round = 0; round < 50; round++) {
      List<ByteBuf> feeds = new ArrayList<>();
      for (int at = 0; at < all.length; ) {
        int step = Math.min(all.length - at, 1 + random.nextInt(200));
        feeds.add(Unpooled.copiedBuffer(all, at, step));
        at += step;
      }
      try (FrameReader reader = FrameReader.backend(Limits.EDGE)) {
        Seen seen = drain(reader, feeds);
        assertThat(seen.bytes()).isEqualTo(all);
        assertThat(seen.begun()).isEqualTo(500);
        assertThat(seen.types()).endsWith((byte) 'C', (byte) 'Z').doesNotContain((byte) 'D');
        assertThat(reader.atBoundary()).isTrue();
      }
    }
  }

  @Test
  void putsManyRowsOfOneReadIntoOneRun() {
    try (FrameReader reader = FrameReader.backend(Limits.EDGE)) {
      ByteBuf out = Unpooled.buffer();
      for (int i = 0; i < 100; i++) {
        Encode.dataRow(out, List.of("value"));
      }
      reader.feed(out);
      Piece piece = reader.next();
      assertThat(piece)
          .isInstanceOfSatisfying(Chunk.class, c -> assertThat(c.begun()).isEqualTo(100));
      piece.release();
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void streamsAHundredMegabyteRowWithoutHoldingIt() {
    UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    int size = 100 << 20;
    long seen = 0;
    boolean complete = false;
    try (FrameReader reader = FrameReader.backend(Limits.REPLAY)) {
      ByteBuf head = alloc.buffer(5);
      head.writeByte('D').writeInt(size + 4);
      reader.feed(head);
      byte[] piece16k = new byte[16 << 10];
      for (int fed = 0; fed < size; fed += piece16k.length) {
        ByteBuf feed = alloc.buffer(piece16k.length).writeBytes(piece16k);
        reader.feed(feed);
        for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
          seen += piece.bytes().readableBytes();
          complete = piece instanceof Chunk chunk && chunk.complete();
          piece.release();
        }
        assertThat(alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory())
            .isLessThan(256 << 10);
      }
      assertThat(seen).isEqualTo(size + 5L);
      assertThat(complete).isTrue();
      assertThat(reader.atBoundary()).isTrue();
    }
    assertThat(alloc.metric().usedHeapMemory()).isZero();
  }

  @Test
  void holdsABigQueryInLinearTime() {
    byte[] text = new byte[20 << 20];
    java.util.Arrays.fill(text, (byte) 'a');
    ByteBuf all = Unpooled.buffer();
    Encode.query(all, new String(text, StandardCharsets.US_ASCII));
    long begin = System.nanoTime();
    try (FrameReader reader = FrameReader.frontendTyped(Limits.EDGE)) {
      Piece piece = null;
      while (all.isReadable()) {
        reader.feed(all.readRetainedSlice(Math.min(all.readableBytes(), 8 << 10)));
        piece = reader.next();
      }
      assertThat(piece).isInstanceOf(Frame.class);
      assertThat(piece.bytes().readableBytes()).isEqualTo(text.length + 6);
      piece.release();
    }
    all.release();
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "true, 00000007, startup length",
    "true, 00002711, startup length",
    "true, ffffffff00000000, startup length",
    "true, 5800000004, Terminate",
    "true, 474554202f20485454502f312e31, startup length",
    "false, 5100000003, length of message Query",
    "false, 51ffffffff, length of message Query",
    "false, 5104000001, length of message Query",
    "false, 5300002711, length of message Sync",
    "false, 7000010000, length of message Password",
    "false, 647fffffff, length of message CopyData",
    "false, 79ffffff00, length of message 0x79",
  })
  void refusesLengthsThatCannotBe(boolean startup, String hex, String says) {
    try (FrameReader reader =
        startup ? FrameReader.frontend(Limits.EDGE) : FrameReader.frontendTyped(Limits.EDGE)) {
      reader.feed(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
      assertThatThrownBy(reader::next)
          .isInstanceOf(ProtocolViolation.class)
          .hasMessageContaining(says);
      assertThatThrownBy(reader::next).isInstanceOf(ProtocolViolation.class);
    }
  }

  @Test
  void handsOutTheGoodRowsBeforeItRefusesTheBadOne() {
    try (FrameReader reader = FrameReader.backend(Limits.EDGE)) {
      ByteBuf out = Encode.dataRow(Unpooled.buffer(), List.of("good"));
      int good = out.readableBytes();
      reader.feed(out.writeByte('D').writeInt(1));
      Piece piece = reader.next();
      assertThat(piece.bytes().readableBytes()).isEqualTo(good);
      piece.release();
      assertThatThrownBy(reader::next).isInstanceOf(ProtocolViolation.class);
    }
  }

  @Test
  void holdsNoBufferBetweenMessages() {
    FrameReader reader = FrameReader.frontend(Limits.EDGE);
    ByteBuf bytes = conversation();

    reader.feed(bytes);
    for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
      piece.release();
    }

    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void tellsWhatFollowsAnSslRequest() {
    try (FrameReader reader = FrameReader.frontend(Limits.EDGE)) {
      ByteBuf out = Encode.sslRequest(Unpooled.buffer());
      reader.feed(Encode.query(out, "injected before TLS"));
      reader.next().release();
      assertThat(reader.buffered()).isGreaterThan(0);
    }
  }

  @Test
  void takesAnythingAfterTheStartupPhaseForTypedMessages() {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      byte[] garbage = new byte[random.nextInt(64)];
      random.nextBytes(garbage);
      if (garbage.length > 4 && random.nextBoolean()) {
        garbage[1] = 0;
        garbage[2] = 0;
        garbage[3] = 0;
      }
      FrameReader reader =
          switch (round % 3) {
            case 0 -> FrameReader.frontend(Limits.EDGE);
            case 1 -> FrameReader.frontendTyped(Limits.REPLAY);
            default -> FrameReader.backend(round % 2 == 0 ? Limits.EDGE : Limits.REPLAY);
          };
      try (reader) {
        reader.feed(Unpooled.wrappedBuffer(garbage));
        for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
          if (piece instanceof Frame frame) {
            decodeEitherWay(frame);
          }
          piece.release();
        }
      } catch (ProtocolViolation expected) {
        assertThat(expected.sqlState()).hasSize(5);
      }
    }
  }

  private static void decodeEitherWay(Frame frame) {
    try {
      FrontendMessage.decode(frame);
    } catch (ProtocolViolation expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
    try {
      BackendMessage.decode(frame);
    } catch (ProtocolViolation expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }
}
