package countersign.store;

import countersign.port.Feed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * The log of all events: positions from 0, without a hole, in the order of their commits.
 *
 * <p>Thread-safe. Stages complete on a thread of the store, which must not be blocked: callers hop
 * to their own.
 */
public interface EventLog extends AutoCloseable {

  /**
   * Appends the events of an item, all or none. Items of one session given one after the other
   * become durable in that order; the caller need not wait between them. Serialising and sealing
   * happen on the calling thread.
   *
   * @return completes with the position of the item's first event once all are durable (fsynced);
   *     the others follow it directly. Completes exceptionally with {@link
   *     countersign.port.AppendRefused} when none is durable and none will be, with one exception:
   *     {@code storeDown} may also mean that the store answered nobody in time, and then the item
   *     may yet be found in it
   * @throws IllegalArgumentException if an event cannot be written as JSON: a defect of the caller
   */
  CompletionStage<Long> append(Item item);

  /**
   * Reads in the order of positions.
   *
   * @param from first position wanted, inclusive
   * @param limit most events wanted, 1 to 10,000
   * @param criteria an event is wanted if any of them matches; empty for all events
   * @return at most {@code limit} events; fewer also when an answer would hold more than 16 MiB of
   *     sealed bytes, but never none while there is one. Completes exceptionally with {@link
   *     countersign.port.AppendRefused} ({@code storeDown}) when the store does not answer
   */
  CompletionStage<List<StoredEvent>> read(long from, int limit, List<Criterion> criteria);

  /**
   * Reads the newest event that matches.
   *
   * @return completes with it, empty when none matches; exceptionally as {@link #read}
   */
  CompletionStage<Optional<StoredEvent>> newest(Criterion criterion);

  /**
   * Reads as {@link #read} does, for whoever follows the log as it grows: what this process
   * appended a moment ago may be answered from its memory, and segments come without their frames.
   * Who needs the stored bytes themselves (a recording, evidence) reads. An answer without events
   * means that there are none up to {@link #knownHead} as it was when this was called.
   */
  default CompletionStage<List<StoredEvent>> follow(
      long from, int limit, List<Criterion> criteria) {
    return read(from, limit, criteria);
  }

  /**
   * Leaf hashes of consecutive positions that this process appended a moment ago, as it stored
   * them. Does not block.
   *
   * @param from first position
   * @param most how many at most; fewer also where more are known
   * @param type what {@link LogRows.Hashes#onlyOf} asks
   * @return at least one; empty when only the database knows
   */
  default Optional<LogRows.Hashes> recentHashes(long from, int most, String type) {
    return Optional.empty();
  }

  /** Asks the database for the newest position; -1 when the log is empty. */
  CompletionStage<Long> head();

  /**
   * The newest position that this process has heard of; never ahead of the log, -1 when nothing was
   * heard. A volatile read.
   */
  long knownHead();

  /**
   * Calls back with the newest position after it grew, whoever appended. Calls may be folded into
   * one; they come one at a time and never go backwards. While the store is unreachable they stop,
   * and the next one after it covers what was missed.
   *
   * @param newHead must not block
   */
  Feed.Subscription onHead(LongConsumer newHead);

  /**
   * Makes a name that only who holds the store's root key can make, so that something can be found
   * by it and nobody can confirm a guess of what it names.
   *
   * @return 64 lower-case hex digits, the same for the same words as long as the store lives
   */
  String blinded(String words);

  /** Refuses what waits, ends connections. Idempotent; blocks for at most five seconds. */
  @Override
  void close();
}
