package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Mutations of what a real psql and a real server said. Nothing but the announced exceptions, and
 * where a stream is cut does not matter. {@code -Dlong=fuzz -Dfuzz.minutes=N} goes on for N minutes
 * (60), a third of it each; {@code -Dfuzz.seed=S} begins elsewhere.
 */
public class FuzzTest {
  private static final boolean LONG = "fuzz".equals(System.getProperty("long"));
  private static final long SEED =
      Long.getLong("fuzz.seed", LONG ? System.nanoTime() : 20_261_121L);
  private static final Limits SMALL = new Limits(Limits.SMALL, Limits.SMALL, true);

  /** Repeats something a thousand times, or for a share of the minutes given. */
  public static long repeat(int times, int shares, Supplier<String> once) {
    long until = System.nanoTime() + Long.getLong("fuzz.minutes", 60L) * 60_000_000_000L / shares;
    long n = 0;
    while (LONG ? System.nanoTime() < until : n < times) {
      String input = "";
      try {
        input = once.get();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dfuzz.seed=" + SEED + ", input " + n + " " + input, e);
      }
      n++;
    }
    return n;
  }

  /** The seed of this run. */
  public static long seed() {
    return SEED;
  }

  private final Random random = new Random(SEED);

  /** The segments of the golden transcript. */
  private static List<byte[]> segments() throws IOException {
    List<byte[]> segments = new ArrayList<>();
    try (InputStream file = FuzzTest.class.getResourceAsStream("psql-15.recording")) {
      DataInputStream data = new DataInputStream(file);
      while (data.available() > 0) {
        data.readLong(); // the time of its first frame
        segments.add(data.readNBytes(data.readInt()));
      }
    }
    return segments;
  }

  private static byte[] direction(Direction direction) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] segment : segments()) {
      for (SegmentCodec.Frame frame : SegmentCodec.decode(segment)) {
        if (frame.direction() == direction) {
          all.writeBytes(frame.bytes());
        }
      }
    }
    return all.toByteArray();
  }

  /** Parts of the recording, and the extended protocol, which psql hardly speaks. */
  private static List<byte[]> seeds(Direction direction) throws IOException {
    byte[] all = direction(direction);
    List<byte[]> seeds = new ArrayList<>();
    for (int from = 0; from < all.length; from += 1500) {
      seeds.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + 3000)));
    }
    ByteBuf out = Unpooled.buffer();
    if (direction == Direction.in) {
      Encode.parse(out, "s", "select $1, $2", List.of(23, 25));
      Encode.bind(out, "p", "s", List.of("1", "two"));
      Encode.describe(out, 'P', "p");
      Encode.execute(out, "p", 10);
      Encode.close(out, 'S', "s");
      Encode.sync(out);
      Encode.query(out, "copy t from stdin");
      Encode.terminate(out);
    } else {
      Encode.authenticationOk(out);
      Encode.parameterStatus(out, "server_version", "15.18");
      Encode.readyForQuery(out, 'I');
    }
    seeds.add(ByteBufUtil.getBytes(out));
    return seeds;
  }

  @Test
  void framesAreTheSameHoweverTheyAreCut() throws IOException {
    Mutation callers = new Mutation(random, seeds(Direction.in));
    Mutation servers = new Mutation(random, seeds(Direction.out));
    long n =
        repeat(
            3_000,
            3,
            () -> {
              boolean frontend = random.nextBoolean();
              Limits limits = random.nextBoolean() ? SMALL : Limits.EDGE;
              byte[] bytes = (frontend ? callers : servers).next();
              boolean startup = frontend && random.nextBoolean();
              String whole = cut(bytes, frontend, startup, limits, bytes.length);
              String parts = cut(bytes, frontend, startup, limits, 1 + random.nextInt(40));
              assertThat(parts).as(() -> ByteBufUtil.hexDump(bytes)).isEqualTo(whole);
              return ByteBufUtil.hexDump(bytes);
            });
    assertThat(n).isPositive();
  }

  /** What a reader makes of bytes: messages as decoded, chunks as their lengths, and its end. */
  private static String cut(
      byte[] bytes, boolean frontend, boolean startup, Limits limits, int step) {
    StringBuilder said = new StringBuilder();
    long chunked = 0;
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    try (FrameReader reader =
        !frontend
            ? FrameReader.backend(limits)
            : startup ? FrameReader.frontend(limits) : FrameReader.frontendTyped(limits)) {
      try {
        for (int from = 0; from < bytes.length; from += step) {
          int length = Math.min(step, bytes.length - from);
          reader.feed(Unpooled.copiedBuffer(bytes, from, length));
          for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
            passed.writeBytes(ByteBufUtil.getBytes(piece.bytes()));
            switch (piece) {
              case Piece.Frame frame -> said.append(decoded(frame, frontend)).append('\n');
              case Piece.Chunk chunk -> chunked += chunk.bytes().readableBytes();
            }
            piece.release();
          }
        }
      } catch (ProtocolViolation e) {
        return said + "violation " + e.getMessage();
      }
    }
    assertThat(passed.toByteArray()).isEqualTo(Arrays.copyOf(bytes, passed.size()));
    return said + "chunked " + chunked;
  }

  private static String decoded(Piece.Frame frame, boolean frontend) {
    try {
      Object message = frontend ? FrontendMessage.decode(frame) : BackendMessage.decode(frame);
      return message.getClass().getSimpleName() + ByteBufUtil.hexDump(frame.body());
    } catch (ProtocolViolation e) {
      return "violation " + e.getMessage();
    }
  }

  @Test
  void theTimelineSaysWhatItCannotRead() throws IOException {
    Mutation callers = new Mutation(random, seeds(Direction.in));
    Mutation servers = new Mutation(random, seeds(Direction.out));
    long n =
        repeat(
            1_000,
            6,
            () -> {
              byte[] in = callers.next();
              byte[] out = servers.next();
              try (Timeline timeline = new Timeline(1 + random.nextInt(50))) {
                for (int i = 0; i < 3; i++) {
                  timeline.in(i * 10L, Unpooled.wrappedBuffer(in));
                  timeline.out(i * 10L + 5, Unpooled.wrappedBuffer(out));
                  timeline.take();
                  if (random.nextInt(4) == 0) {
                    timeline.gap(i * 10L + 7);
                  }
                }
                timeline.end();
              }
              return ByteBufUtil.hexDump(in) + " " + ByteBufUtil.hexDump(out);
            });
    assertThat(n).isPositive();
  }

  @Test
  void segmentsAreReadOrMalformed() throws IOException {
    Mutation mutation = new Mutation(random, segments());
    long n =
        repeat(
            1_000,
            6,
            () -> {
              byte[] bytes = mutation.next();
              try {
                SegmentCodec.decode(bytes);
              } catch (SegmentCodec.Malformed _) {
                // announced
              }
              return ByteBufUtil.hexDump(bytes);
            });
    assertThat(n).isPositive();
  }
}
