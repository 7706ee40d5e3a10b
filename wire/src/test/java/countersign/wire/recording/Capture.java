package countersign.wire.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.recording.SegmentCodec.Direction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a capture as its format says, and no further than our own go. */
final class Capture {
  final List<Packet> packets = new ArrayList<>();
  final List<String> comments = new ArrayList<>();

  /** A packet, found right down to its checksums. */
  record Packet(
      Direction direction,
      long micros,
      long sequence,
      long acknowledged,
      int flags,
      byte[] payload,
      List<String> comments) {}

  Capture(byte[] file, int targetPort) {
    ByteBuffer in = ByteBuffer.wrap(file);
    while (in.hasRemaining()) {
      int start = in.position();
      int type = in.getInt();
      int length = in.getInt();
      assertThat(length % 4).isZero();
      assertThat(in.getInt(start + length - 4)).isEqualTo(length);
      ByteBuffer body = in.slice(start + 8, length - 12);
      in.position(start + length);
      switch (type) {
        case 0x0a0d0d0a -> {
          assertThat(start).isZero();
          assertThat(body.getInt()).isEqualTo(0x1a2b3c4d);
          assertThat(body.getInt()).isEqualTo(0x00010000);
          assertThat(body.getLong()).isEqualTo(-1);
          comments.addAll(comments(body));
        }
        case 1 -> assertThat(body.getShort()).isEqualTo((short) 101);
        case 6 -> packets.add(packet(body, targetPort));
        default -> throw new AssertionError("block " + type);
      }
    }
  }

  /** What went one way, put together by sequence numbers. */
  byte[] stream(Direction direction) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    packets.stream()
        .filter(packet -> packet.direction == direction)
        .forEach(packet -> {
          assertThat(packet.payload.length == 0 || packet.sequence == all.size() + 1).isTrue();
          all.writeBytes(packet.payload);
        });
    return all.toByteArray();
  }

  private static Packet packet(ByteBuffer body, int targetPort) {
    assertThat(body.getInt()).isZero();
    long micros = ((long) body.getInt() << 32) | (body.getInt() & 0xffffffffL);
    int length = body.getInt();
    assertThat(body.getInt()).isEqualTo(length);
    byte[] bytes = new byte[length];
    body.get(bytes);
    body.position(body.position() + (-length & 3));
    ByteBuffer ip = ByteBuffer.wrap(bytes);
    assertThat(ip.get(0)).isEqualTo((byte) 0x45);
    assertThat(ip.getShort(2) & 0xffff).isEqualTo(length);
    assertThat(sum(Arrays.copyOf(bytes, 20))).isEqualTo(0xffff);
    byte[] segment = Arrays.copyOfRange(bytes, 20, length);
    ByteBuffer pseudo = ByteBuffer.allocate(12 + segment.length);
    pseudo.put(bytes, 12, 8).putShort((short) 6).putShort((short) segment.length).put(segment);
    assertThat(sum(pseudo.array())).isEqualTo(0xffff);
    ByteBuffer tcp = ByteBuffer.wrap(segment);
    int header = (tcp.get(12) >> 4 & 15) * 4;
    return new Packet(
        (tcp.getShort(0) & 0xffff) == targetPort ? Direction.out : Direction.in,
        micros,
        tcp.getInt(4) & 0xffffffffL,
        tcp.getInt(8) & 0xffffffffL,
        tcp.get(13),
        Arrays.copyOfRange(segment, header, segment.length),
        comments(body));
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    ByteBuffer words = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + (bytes.length & 1)));
    while (words.hasRemaining()) {
      sum += words.getShort() & 0xffff;
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  private static List<String> comments(ByteBuffer options) {
    List<String> found = new ArrayList<>();
    while (options.hasRemaining()) {
      int code = options.getShort();
      int length = options.getShort() & 0xffff;
      byte[] value = new byte[length];
      options.get(value);
      options.position(options.position() + (-length & 3));
      if (code == 0) {
        assertThat(options.hasRemaining()).isFalse();
      } else if (code == 1) {
        found.add(new String(value, UTF_8));
      }
    }
    return found;
  }
}
