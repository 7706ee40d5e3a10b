package countersign.wire.postgres;

import countersign.wire.postgres.Piece.Chunk;
import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Turns the two directions of a recording into exchanges, incrementally and in bounded memory. Not
 * thread-safe. Never throws for what the bytes are: what cannot be understood, or comes after a
 * {@link #gap}, is left out until the stream is understood again, and {@link #problem} says so.
 *
 * <p>{@code in} begins after the last authentication message, {@code out} with AuthenticationOk.
 * Exchanges wait for the ReadyForQuery that brings their transaction status, but not for ever: take
 * them often.
 */
public final class Timeline implements AutoCloseable {
  /** A ReadyForQuery message is six bytes: Z, 0, 0, 0, 5 and the status. */
  private static final int READY = 6;

  private final Conversation conversation;
  private FrameReader in = FrameReader.frontendTyped(Limits.REPLAY);
  private FrameReader out = FrameReader.backend(Limits.REPLAY);
  private boolean searching;
  private String problem = "";

  /** Makes a timeline that keeps at most {@code mostRows} rows of one exchange. */
  public Timeline(int mostRows) {
    if (mostRows < 0) {
      throw new IllegalArgumentException("mostRows: " + mostRows + " (expected: 0 or more)");
    }
    conversation = new Conversation(mostRows);
  }

  /**
   * Adds bytes that the caller sent. Not taken over, but not to be changed until {@link #close}.
   *
   * @param micros µs since the session opened
   */
  public void in(long micros, ByteBuf bytes) {
    if (!searching) {
      in.feed(bytes.retainedDuplicate());
      read(micros, in, true);
    }
  }

  /**
   * Adds bytes that the caller saw. Not taken over, but not to be changed until {@link #close}.
   *
   * @param micros µs since the session opened
   */
  public void out(long micros, ByteBuf bytes) {
    if (searching) {
      searching = !endsReady(bytes);
      return;
    }
    out.feed(bytes.retainedDuplicate());
    read(micros, out, false);
  }

  private void read(long micros, FrameReader reader, boolean fromClient) {
    try {
      for (Piece piece = reader.next(); piece != null; piece = reader.next()) {
        try {
          one(micros, piece, fromClient);
        } finally {
          piece.release();
        }
      }
    } catch (ProtocolViolation e) {
      lose(String.valueOf(e.getMessage()));
    }
  }

  private void one(long micros, Piece piece, boolean fromClient) {
    switch (piece) {
      case Chunk chunk -> conversation.passed(chunk, micros, fromClient);
      case Frame frame -> {
        try {
          if (fromClient) {
            conversation.said(micros, FrontendMessage.decode(frame));
          } else {
            conversation.heard(micros, BackendMessage.decode(frame));
          }
        } catch (ProtocolViolation e) {
          if (!e.sqlState().equals(ProtocolViolation.ENCODING)) {
            throw e;
          }
          misread(micros, frame);
        }
      }
    }
  }

  /** A text that is not UTF-8 was asked all the same, and is answered by an error. */
  private void misread(long micros, Frame frame) {
    String shown = "(not UTF-8)";
    switch (frame.type()) {
      case 'Q' -> conversation.said(micros, new FrontendMessage.Query(shown));
      case 'P' -> conversation.said(micros, new FrontendMessage.Parse("", shown, List.of()));
      default -> throw ProtocolViolation.of("text: not UTF-8 (expected: valid UTF-8)");
    }
  }

  /** Bytes are missing here, in either direction. */
  public void gap(long micros) {
    lose("bytes are missing at " + micros + " µs");
  }

  /** Without the boundaries of messages, only a ReadyForQuery at an end tells where one is. */
  private void lose(String why) {
    problem = problem.isEmpty() ? why : problem;
    conversation.gap();
    in.close();
    out.close();
    in = FrameReader.frontendTyped(Limits.REPLAY);
    out = FrameReader.backend(Limits.REPLAY);
    searching = true;
  }

  private static boolean endsReady(ByteBuf bytes) {
    int at = bytes.writerIndex() - READY;
    if (bytes.readableBytes() < READY || bytes.getByte(at) != 'Z' || bytes.getInt(at + 1) != 5) {
      return false;
    }
    byte status = bytes.getByte(at + 5);
    return status == 'I' || status == 'T' || status == 'E';
  }

  /** Takes the exchanges that are complete since the last call, in order. */
  public List<Exchange> take() {
    return conversation.take();
  }

  /** Takes the rest: also exchanges that have no end. */
  public List<Exchange> end() {
    conversation.finish();
    return conversation.take();
  }

  /** Why the stream was not understood from some point on; empty when it was. */
  public String problem() {
    return problem.isEmpty() ? conversation.problem() : problem;
  }

  /** Releases what is held. Idempotent. */
  @Override
  public void close() {
    in.close();
    out.close();
  }
}
