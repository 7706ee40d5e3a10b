package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Turns the two directions of a recording into exchanges, incrementally and in bounded memory. Not
 * thread-safe. Never throws for what the bytes are: what cannot be understood, or comes after a
 * {@link #gap}, is left out until the stream is understood again, and {@link #problem} says so.
 *
 * <p>{@code in} begins after the last authentication message, {@code out} with AuthenticationOk.
 */
public final class Timeline implements AutoCloseable {

  /** Makes a timeline that keeps at most {@code mostRows} rows of one exchange. */
  public Timeline(int mostRows) {}

  /** Adds bytes that the caller sent. Not taken over. */
  public void in(long micros, ByteBuf bytes) {}

  /** Adds bytes that the caller saw. Not taken over. */
  public void out(long micros, ByteBuf bytes) {}

  /** Bytes are missing here, in either direction. */
  public void gap(long micros) {}

  /** Takes the exchanges that are complete since the last call, in order. */
  public List<Exchange> take() {
    return List.of();
  }

  /** Takes the rest: also exchanges that have no end. */
  public List<Exchange> end() {
    return List.of();
  }

  /** Why the stream is not understood from some point on; empty when it is. */
  public String problem() {
    return "";
  }

  /** Releases what is held. */
  @Override
  public void close() {}
}
