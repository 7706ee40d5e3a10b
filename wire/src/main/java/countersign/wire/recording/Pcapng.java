package countersign.wire.recording;

import countersign.wire.recording.SegmentCodec.Direction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A recording as a capture that Wireshark reads (pcapng, draft-ietf-opsawg-pcapng): one TCP
 * connection with made-up addresses, whose bytes, their times and their order are the recording's.
 * A frame of the recording is one packet, or two when it is longer than an IPv4 packet may be.
 *
 * <pre>{@code
 * Pcapng capture = new Pcapng(openedAt, Pcapng.POSTGRES);
 * out.write(capture.begin(List.of("session …")));
 * out.write(capture.packet(Direction.in, 0, 1_500, bytes, List.of("event 17")));
 * out.write(capture.end(2_000));
 * }</pre>
 *
 * <p>Sequence numbers are offsets in the recording, so a hole in it is one in the capture. Not
 * thread-safe; holds no bytes.
 */
public final class Pcapng {
  /** The port by which Wireshark knows the protocol of PostgreSQL. */
  public static final int POSTGRES = 5432;

  /** Bytes of the longest comment; what is longer is cut. */
  static final int LONGEST_COMMENT = 4_096;

  private static final int CALLER_PORT = 50_000;
  // Addresses for documentation (RFC 5737): nobody's.
  private static final byte[] CALLER = {(byte) 192, 0, 2, 1};
  private static final byte[] TARGET = {(byte) 198, 51, 100, 1};

  private static final int SECTION = 0x0a0d0d0a;
  private static final int INTERFACE = 1;
  private static final int PACKET = 6;
  private static final int BYTE_ORDER = 0x1a2b3c4d;
  private static final int RAW_IP = 101;
  private static final int COMMENT = 1;
  private static final int NAME = 2;
  private static final int APPLICATION = 4;

  private static final int FIN = 0x01;
  private static final int SYN = 0x02;
  private static final int PSH = 0x08;
  private static final int ACK = 0x10;
  private static final int IP_HEADER = 20;
  private static final int TCP_HEADER = 20;
  private static final int MOST_PAYLOAD = 0xffff - IP_HEADER - TCP_HEADER;

  /** Maximum segment size, and a window of a gigabyte, so that no analysis finds it full. */
  private static final byte[] SYN_OPTIONS = {2, 4, (byte) 0xff, (byte) 0xd7, 1, 3, 3, 14};

  private final long openedMicros;
  private final int targetPort;
  private long lastMicros;
  private int number;

  /** Sequence number of the next byte, not yet reduced to 32 bits: one for SYN, then offsets. */
  private long inNext;

  private long outNext;

  /**
   * Makes a capture.
   *
   * @param opened when the recording's times count from, 1970 or later
   * @param targetPort TCP port of the target's side
   */
  public Pcapng(Instant opened, int targetPort) {
    this.openedMicros = Math.max(0, ChronoUnit.MICROS.between(Instant.EPOCH, opened));
    this.targetPort = targetPort;
  }

  /**
   * The beginning of the file, with the opening of the connection.
   *
   * @param comments about the whole
   */
  public byte[] begin(List<String> comments) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer section = ByteBuffer.allocate(16);
    section.putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1);
    all.writeBytes(block(SECTION, section.array(), Map.of(APPLICATION, "Countersign"), comments));
    ByteBuffer link = ByteBuffer.allocate(8);
    link.putShort((short) RAW_IP).putShort((short) 0).putInt(0);
    all.writeBytes(block(INTERFACE, link.array(), Map.of(NAME, "countersign"), List.of()));
    all.writeBytes(packet(Direction.in, 0, SYN, SYN_OPTIONS, new byte[0], List.of()));
    inNext = 1;
    all.writeBytes(packet(Direction.out, 0, SYN | ACK, SYN_OPTIONS, new byte[0], List.of()));
    outNext = 1;
    all.writeBytes(packet(Direction.in, 1, ACK, new byte[0], new byte[0], List.of()));
    return all.toByteArray();
  }

  /**
   * Bytes that went one way.
   *
   * @param offset of the first of them in their direction
   * @param micros µs since the opening; a time before the last one counts as that
   * @param bytes one or more
   * @param comments of the packet, or of the first when there are two
   */
  public byte[] packet(
      Direction direction, long offset, long micros, byte[] bytes, List<String> comments) {
    lastMicros = Math.max(lastMicros, micros);
    ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length + 128);
    for (int from = 0; from < bytes.length; from += MOST_PAYLOAD) {
      byte[] payload =
          java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + MOST_PAYLOAD));
      long sequence = 1 + offset + from;
      all.writeBytes(
          packet(
              direction,
              sequence,
              PSH | ACK,
              new byte[0],
              payload,
              from == 0 ? comments : List.of()));
      advance(direction, sequence + payload.length);
    }
    return all.toByteArray();
  }

  /**
   * The end of the connection, when it is known that it ended.
   *
   * @param comments of its first packet
   */
  public byte[] end(long micros, List<String> comments) {
    lastMicros = Math.max(lastMicros, micros);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(packet(Direction.in, inNext, FIN | ACK, new byte[0], new byte[0], comments));
    inNext++;
    all.writeBytes(packet(Direction.out, outNext, FIN | ACK, new byte[0], new byte[0], List.of()));
    outNext++;
    all.writeBytes(packet(Direction.in, inNext, ACK, new byte[0], new byte[0], List.of()));
    return all.toByteArray();
  }

  private void advance(Direction direction, long next) {
    switch (direction) {
      case in -> inNext = Math.max(inNext, next);
      case out -> outNext = Math.max(outNext, next);
    }
  }

  private byte[] packet(
      Direction direction,
      long sequence,
      int flags,
      byte[] options,
      byte[] payload,
      List<String> comments) {
    byte[] packet = ip(direction, tcp(direction, sequence, flags, options, payload));
    long micros = openedMicros + lastMicros;
    ByteBuffer body = ByteBuffer.allocate(20 + padded(packet.length));
    body.putInt(0).putInt((int) (micros >>> 32)).putInt((int) micros);
    body.putInt(packet.length).putInt(packet.length).put(packet);
    return block(PACKET, body.array(), Map.of(), comments);
  }

  private byte[] tcp(
      Direction direction, long sequence, int flags, byte[] options, byte[] payload) {
    boolean in = direction == Direction.in;
    int header = TCP_HEADER + options.length;
    ByteBuffer segment = ByteBuffer.allocate(header + payload.length);
    segment.putShort((short) (in ? CALLER_PORT : targetPort));
    segment.putShort((short) (in ? targetPort : CALLER_PORT));
    segment.putInt((int) sequence);
    segment.putInt((flags & ACK) == 0 ? 0 : (int) (in ? outNext : inNext));
    segment.put((byte) (header / 4 << 4)).put((byte) flags).putShort((short) 0xffff);
    segment.putInt(0).put(options).put(payload);
    ByteBuffer pseudo = ByteBuffer.allocate(12);
    pseudo.put(in ? CALLER : TARGET).put(in ? TARGET : CALLER);
    pseudo.putShort((short) 6).putShort((short) segment.capacity());
    segment.putShort(16, checksum(sum(sum(0, pseudo.array()), segment.array())));
    return segment.array();
  }

  private byte[] ip(Direction direction, byte[] segment) {
    boolean in = direction == Direction.in;
    ByteBuffer packet = ByteBuffer.allocate(IP_HEADER + segment.length);
    packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
    packet.putShort((short) number++).putShort((short) 0x4000);
    packet.put((byte) 64).put((byte) 6).putShort((short) 0);
    packet.put(in ? CALLER : TARGET).put(in ? TARGET : CALLER);
    packet.putShort(10, checksum(sum(0, java.util.Arrays.copyOf(packet.array(), IP_HEADER))));
    return packet.put(segment).array();
  }

  /** Sum of 16-bit words; an odd byte at the end counts as the upper half of one. */
  private static long sum(long before, byte[] bytes) {
    long sum = before;
    for (int i = 0; i < bytes.length; i++) {
      sum += (i & 1) == 0 ? (bytes[i] & 0xff) << 8 : bytes[i] & 0xff;
    }
    return sum;
  }

  private static short checksum(long sum) {
    long folded = sum;
    while (folded > 0xffff) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (short) ~folded;
  }

  /** A block with its options; the body is padded already. */
  private static byte[] block(
      int type, byte[] body, Map<Integer, String> texts, List<String> comments) {
    ByteArrayOutputStream options = new ByteArrayOutputStream();
    comments.forEach(comment -> option(options, COMMENT, comment));
    texts.forEach((code, text) -> option(options, code, text));
    if (options.size() > 0) {
      options.writeBytes(new byte[4]);
    }
    int length = 12 + body.length + options.size();
    return ByteBuffer.allocate(length)
        .putInt(type)
        .putInt(length)
        .put(body)
        .put(options.toByteArray())
        .putInt(length)
        .array();
  }

  private static void option(ByteArrayOutputStream to, int code, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, LONGEST_COMMENT);
    // Never half a character: a continuation byte is not a beginning.
    while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    ByteBuffer option = ByteBuffer.allocate(4 + padded(length));
    option.putShort((short) code).putShort((short) length).put(bytes, 0, length);
    to.writeBytes(option.array());
  }

  private static int padded(int length) {
    return length + 3 & ~3;
  }
}
