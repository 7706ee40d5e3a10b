package countersign.wire.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import countersign.wire.recording.SegmentCodec.Direction;
import countersign.wire.recording.SegmentCodec.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class SegmentCodecTest {

  private record Written(List<Frame> frames, List<SegmentCodec.Segment> segments) {}

  private static Written write(Random random, int writes, int longest) {
    List<Frame> frames = new ArrayList<>();
    List<SegmentCodec.Segment> segments = new ArrayList<>();
    long micros = 1_000_000;
    try (SegmentCodec.Encoder encoder = new SegmentCodec.Encoder()) {
      for (int i = 0; i < writes; i++) {
        micros += random.nextInt(10_000);
        byte[] bytes = new byte[1 + random.nextInt(longest)];
        random.nextBytes(bytes);
        Direction direction = random.nextBoolean() ? Direction.in : Direction.out;
        frames.add(new Frame(direction, micros, bytes));
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        while (!encoder.add(direction, micros, buffer)) {
          segments.add(encoder.finish());
        }
      }
      SegmentCodec.Segment last = encoder.finish();
      if (last != null) {
        segments.add(last);
      }
      assertThat(encoder.finish()).isNull();
    }
    return new Written(frames, segments);
  }

  private static byte[] stream(List<Frame> frames, Direction direction) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.stream().filter(f -> f.direction() == direction).forEach(f -> all.writeBytes(f.bytes()));
    return all.toByteArray();
  }

  @Property(tries = 60)
  void givesBackEveryByteOfBothDirections(@ForAll Random random) {
    Written written = write(random, 1 + random.nextInt(60), random.nextBoolean() ? 100 : 200_000);
    List<Frame> read = new ArrayList<>();
    for (SegmentCodec.Segment segment : written.segments()) {
      List<Frame> frames = SegmentCodec.decode(segment.frames());
      assertThat(stream(frames, Direction.in)).hasSize(segment.inLength());
      assertThat(stream(frames, Direction.out)).hasSize(segment.outLength());
      assertThat(segment.inLength() + segment.outLength())
          .isLessThanOrEqualTo(SegmentCodec.MOST_PAYLOAD);
      long last = segment.fromMicros();
      for (Frame frame : frames) {
        last += frame.micros();
      }
      assertThat(last).isEqualTo(segment.toMicros());
      assertThat(frames.getFirst().micros()).isZero();
      read.addAll(frames);
    }
    for (Direction direction : Direction.values()) {
      assertThat(stream(read, direction)).isEqualTo(stream(written.frames(), direction));
    }
  }

  @Property(tries = 300)
  void throwsNothingButMalformedForGarbage(@ForAll @Size(max = 200) byte[] garbage) {
    decodeGarbage(garbage);
    byte[] versioned = garbage.clone();
    if (versioned.length > 0) {
      versioned[0] = 1;
    }
    decodeGarbage(versioned);
  }

  @Example
  void throwsNothingButMalformedForEveryCutAndFlip() {
    Written written = write(new Random(3), 20, 300);
    byte[] whole = written.segments().getFirst().frames();
    for (int i = 0; i < whole.length; i++) {
      decodeGarbage(java.util.Arrays.copyOf(whole, i));
      byte[] flipped = whole.clone();
      flipped[i] ^= 0x55;
      decodeGarbage(flipped);
    }
  }

  private static void decodeGarbage(byte[] bytes) {
    try {
      assertThat(SegmentCodec.decode(bytes)).isNotEmpty();
    } catch (SegmentCodec.Malformed expected) {
      assertThat(expected).hasMessageContaining("expected");
    }
  }

  @Example
  void refusesABombBeforeItGoesOff() {
    byte[] zeros = Zstd.compress(new byte[64 << 20]);
    for (long declared : new long[] {64 << 20, SegmentCodec.MOST_PLAIN, 1000}) {
      byte[] bomb = new byte[zeros.length + 6];
      bomb[0] = 1;
      int at = Varint.write(bomb, 1, declared);
      System.arraycopy(zeros, 0, bomb, at, zeros.length);
      byte[] exact = java.util.Arrays.copyOf(bomb, at + zeros.length);
      assertThatThrownBy(() -> SegmentCodec.decode(exact))
          .isInstanceOf(SegmentCodec.Malformed.class);
    }
  }

  @Example
  void keepsTimeGoingForward() {
    try (SegmentCodec.Encoder encoder = new SegmentCodec.Encoder()) {
      encoder.add(Direction.in, 100, Unpooled.copiedBuffer("a", StandardCharsets.UTF_8));
      encoder.add(Direction.out, 40, Unpooled.copiedBuffer("b", StandardCharsets.UTF_8));
      SegmentCodec.Segment segment = encoder.finish();
      assertThat(segment.toMicros()).isEqualTo(100);
      assertThat(SegmentCodec.decode(segment.frames()).get(1).micros()).isZero();
    }
  }

  @Example
  void compressesText() {
    byte[] text =
        "insert into payments values (1, 'abc', 12.50);\n"
            .repeat(1400)
            .getBytes(StandardCharsets.UTF_8);
    long size = 0;
    try (SegmentCodec.Encoder encoder = new SegmentCodec.Encoder()) {
      for (int i = 0; i < 500; i++) {
        ByteBuf buffer = Unpooled.wrappedBuffer(text);
        while (!encoder.add(Direction.out, i, buffer)) {
          size += encoder.finish().frames().length;
        }
      }
    }
    assertThat(size).isLessThan(500L * text.length / 10);
  }
}
