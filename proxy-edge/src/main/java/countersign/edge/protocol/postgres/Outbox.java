package countersign.edge.protocol.postgres;

import countersign.edge.record.Journal;
import countersign.edge.record.Recorder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/**
 * Everything the caller gets, in order: recorded, and let go when the loss contract allows.
 * Confined to the event loop.
 */
final class Outbox implements AutoCloseable {
  private static final long UNSEALED = Long.MAX_VALUE;

  private final Channel client;
  private final Recorder recorder;
  private final Journal journal;
  private final boolean strict;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long asked = -1;
  private boolean unsealed;

  /** Bytes and the number of the event that must be durable before they leave. */
  private static final class Waiting {
    final ByteBuf bytes;
    long barrier;

    Waiting(ByteBuf bytes, long barrier) {
      this.bytes = bytes;
      this.barrier = barrier;
    }
  }

  /**
   * Makes it.
   *
   * @param strict whether bytes also wait for the segment that holds them
   */
  Outbox(Channel client, Recorder recorder, Journal journal, boolean strict) {
    this.client = client;
    this.recorder = recorder;
    this.journal = journal;
    this.strict = strict;
  }

  /**
   * Records bytes and sends them once an event is durable.
   *
   * @param bytes taken over
   */
  void write(ByteBuf bytes, long barrier) {
    recorder.out(bytes);
    if (!strict && waiting.isEmpty() && journal.durable(barrier)) {
      send(bytes);
      return;
    }
    waiting.add(new Waiting(bytes, strict ? UNSEALED : barrier));
    waitingBytes += bytes.readableBytes();
    unsealed |= strict;
    if (!strict) {
      await(barrier);
    }
  }

  /** Strict only: binds what was written since the last time to the segment that now ends. */
  void seal() {
    if (!unsealed) {
      return;
    }
    unsealed = false;
    long seq = recorder.flush();
    for (Waiting one : waiting) {
      if (one.barrier == UNSEALED) {
        one.barrier = seq;
      }
    }
    await(seq);
  }

  private void await(long seq) {
    if (seq > asked) {
      asked = seq;
      journal.whenDurable(seq, this::drain);
    }
  }

  private void drain() {
    while (!waiting.isEmpty() && journal.durable(waiting.peek().barrier)) {
      ByteBuf bytes = waiting.remove().bytes;
      waitingBytes -= bytes.readableBytes();
      send(bytes);
    }
    client.flush();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is heard
  private void send(ByteBuf bytes) {
    client.write(bytes, client.voidPromise());
  }

  /** Lets go what may go. */
  void flush() {
    seal();
    client.flush();
  }

  /** Bytes that wait for the log. */
  long waitingBytes() {
    return waitingBytes;
  }

  boolean empty() {
    return waiting.isEmpty();
  }

  /** Gives up what still waits: its record did not become durable, so nobody may see it. */
  @Override
  public void close() {
    waiting.forEach(one -> one.bytes.release());
    waiting.clear();
    waitingBytes = 0;
  }
}
