package countersign.api;

import countersign.approval.Context;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.ApprovalView;
import countersign.view.OperationView;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Rows as the read models give them. */
final class Shown {
  private static final Instant T0 = Instant.parse("2026-11-21T02:00:00.123456Z");

  private Shown() {}

  static SessionView session(String state, List<String> people, long segments, long in, long out) {
    return new SessionView(
        SessionId.next().toString(),
        state,
        "postgres",
        "statement",
        people.getFirst(),
        people,
        people,
        "orders",
        "orders",
        "app",
        "127.0.0.1:1",
        "psql",
        T0,
        state.equals("open") ? null : T0.plusSeconds(1),
        "",
        1,
        1,
        0,
        segments,
        in,
        out,
        null,
        null,
        state.equals("erased") ? T0.plusSeconds(2) : null);
  }

  static ApprovalView approval(String session, String state, List<String> people) {
    return approval(session, "apr-" + UUID.randomUUID().toString().substring(0, 16), state, people);
  }

  static ApprovalView approval(ApprovalView before, String state) {
    return approval(before.session(), before.id(), state, before.people());
  }

  private static ApprovalView approval(
      String session, String id, String state, List<String> people) {
    return new ApprovalView(
        id,
        state,
        session,
        UUID.randomUUID().toString(),
        people.getFirst(),
        people,
        people,
        "postgres",
        "orders",
        "orders",
        "app",
        "delete from payments where id = 4711",
        List.of(),
        List.of("change", "destroy"),
        "ai/2",
        "needs a second person",
        "",
        new Context("OPS-4711", List.of("public.payments"), List.of(), null, ""),
        "ab".repeat(32),
        List.of("approvers"),
        1,
        "stream",
        false,
        true,
        null,
        List.of(),
        List.of(),
        T0,
        T0.plusSeconds(900),
        null);
  }

  static OperationView operation(String session, long seq, String text) {
    return new OperationView(
        UUID.randomUUID().toString(),
        session,
        seq,
        seq,
        T0,
        seq,
        "allowed",
        List.of("read"),
        "ai/1",
        "",
        text,
        List.of(),
        "cd".repeat(32),
        null,
        null,
        false,
        "ok",
        null,
        null,
        null,
        null,
        null);
  }

  static SegmentView place(SessionId session, long number, SegmentRecorded segment) {
    return new SegmentView(
        session.toString(),
        number,
        number + 100,
        segment.inFrom(),
        segment.inLength(),
        segment.outFrom(),
        segment.outLength(),
        segment.fromMicros(),
        segment.toMicros());
  }

  /** Encodes bytes of both directions as one segment. */
  static SegmentRecorded segment(
      SessionId session, long number, long inFrom, byte[] in, long outFrom, byte[] out) {
    try (SegmentCodec.Encoder encoder = new SegmentCodec.Encoder()) {
      if (in.length > 0) {
        encoder.add(Direction.in, number * 1_000, Unpooled.wrappedBuffer(in));
      }
      if (out.length > 0) {
        encoder.add(Direction.out, number * 1_000 + 500, Unpooled.wrappedBuffer(out));
      }
      SegmentCodec.Segment segment = encoder.finish();
      return new SegmentRecorded(
          session,
          number,
          inFrom,
          in.length,
          outFrom,
          out.length,
          segment.fromMicros(),
          segment.toMicros(),
          segment.frames());
    }
  }

  /** Cuts two streams into segments of so many bytes each way. */
  static List<SegmentRecorded> segments(SessionId session, byte[] in, byte[] out, int size) {
    List<SegmentRecorded> all = new ArrayList<>();
    int at = 0;
    while (at < Math.max(in.length, out.length)) {
      byte[] ins = slice(in, at, size);
      byte[] outs = slice(out, at, size);
      all.add(
          segment(
              session, all.size(), Math.min(at, in.length), ins, Math.min(at, out.length), outs));
      at += size;
    }
    return all;
  }

  private static byte[] slice(byte[] all, int at, int size) {
    int from = Math.min(at, all.length);
    return java.util.Arrays.copyOfRange(all, from, Math.min(all.length, from + size));
  }
}
