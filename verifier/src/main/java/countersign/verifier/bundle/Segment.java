package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A disclosed segment of a recording, taken apart: the bytes of each direction, and a line for each
 * frame.
 *
 * <p>A segment is a byte 1, the length of what follows once decompressed, and a frame of Zstandard
 * that holds frames: each {@code length * 2 + direction} (0 in, 1 out), the microseconds since the
 * frame before, and that many bytes; numbers are unsigned LEB128.
 *
 * @param in bytes from the caller
 * @param out bytes to the caller
 * @param index a line for each frame: direction, offset in its direction, length, microseconds
 *     since the session opened, position of the event
 * @param frames the same in their order
 */
record Segment(byte[] in, byte[] out, byte[] index, List<Frame> frames) {
  static final String TYPE = "SegmentRecorded";

  /** 64 KiB of payload, each byte a frame of its own with the longest header. */
  private static final int MOST_PLAIN = (64 << 10) * 13;

  /**
   * Bytes that went one way at one moment.
   *
   * @param offset of the first of them in their direction
   * @param from where they begin in the segment's bytes of their direction
   * @param micros µs since the session opened
   */
  record Frame(boolean outwards, long offset, int from, int length, long micros) {}

  /** The bytes of one of its frames. */
  byte[] bytes(Frame frame) {
    return Arrays.copyOfRange(frame.outwards ? out : in, frame.from, frame.from + frame.length);
  }

  /** Where a number ended. */
  private static final class Reading {
    private final byte[] bytes;
    private int at;

    Reading(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    long number() throws Malformed {
      long number = 0;
      for (int shift = 0; shift < 63 && at < bytes.length; shift += 7) {
        byte next = bytes[at++];
        number |= (next & 127L) << shift;
        if (next >= 0) {
          return number;
        }
      }
      throw wrong();
    }
  }

  /** Takes a segment apart; it must be what its clear half says. */
  static Segment of(long position, Leaf leaf, Json clear, byte[] plain) throws Malformed {
    Reading head = new Reading(plain, 1);
    long size = head.number();
    if (plain[0] != 1 || size < 3 || size > MOST_PLAIN) {
      throw wrong();
    }
    byte[] bytes = Zstd.decompress(plain, head.at, plain.length, (int) size);
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringBuilder index = new StringBuilder();
    List<Frame> frames = new ArrayList<>();
    long micros = clear.count("fromMicros");
    Reading reading = new Reading(bytes, 0);
    while (reading.at < bytes.length) {
      long frame = reading.number();
      micros += reading.number();
      boolean outwards = (frame & 1) == 1;
      long length = frame >>> 1;
      if (length < 1 || length > bytes.length - reading.at || micros < 0 || micros > Json.MOST) {
        throw wrong();
      }
      ByteArrayOutputStream to = outwards ? out : in;
      long offset = clear.count(outwards ? "outFrom" : "inFrom") + to.size();
      frames.add(new Frame(outwards, offset, to.size(), (int) length, micros));
      index.append(
          Json.object()
              .with("direction", outwards ? "out" : "in")
              .with("offset", offset)
              .with("length", length)
              .with("micros", micros)
              .with("position", position)
              .made()
              .canonical());
      index.append('\n');
      to.write(bytes, reading.at, (int) length);
      reading.at += (int) length;
    }
    if (in.size() != clear.count("inLength") || out.size() != clear.count("outLength")) {
      throw wrong();
    }
    if (leaf.session() == null || !clear.text("session").equals(leaf.session().toString())) {
      throw wrong();
    }
    return new Segment(
        in.toByteArray(),
        out.toByteArray(),
        index.toString().getBytes(StandardCharsets.US_ASCII),
        List.copyOf(frames));
  }

  private static Malformed wrong() {
    return new Malformed("segment: not what its clear half says, or no segment at all");
  }
}
