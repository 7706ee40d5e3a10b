package countersign.store;

import countersign.verifier.tree.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of the log that this process wrote itself, in the order of positions without a
 * hole, so that whoever follows the log need not fetch and open what was sealed here a moment ago.
 * Bounded by number and by bytes; an event of another process empties it. Thread-safe.
 */
final class Tail {
  private static final int MOST = 1 << 16;
  private static final long MOST_BYTES = 48L << 20;

  /** As much as one answer of the database holds. */
  private static final long ANSWER_BYTES = 16L << 20;

  /** Who appends waits while they are copied. */
  private static final int MOST_HASHES = 1_024;

  private final @Nullable Kept[] ring = new Kept[MOST];
  private long first;
  private long end;
  private long bytes;

  private record Kept(StoredEvent event, byte[] leaf, long bytes) {}

  /**
   * Takes an event in whose position is durable; positions come in order.
   *
   * @param leaf the leaf's hash as it was stored; the array is not changed
   */
  synchronized void add(StoredEvent event, byte[] leaf, long size) {
    if (event.position() < end) {
      return;
    }
    if (event.position() > end) {
      clear();
      first = event.position();
      end = first;
    }
    ring[(int) (end % MOST)] = new Kept(event, leaf, size);
    end++;
    bytes += size;
    while (end - first > MOST - 1 || bytes > MOST_BYTES) {
      bytes -= at(first).bytes;
      ring[(int) (first % MOST)] = null;
      first++;
    }
  }

  /** Forgets everything; what is appended from now on is kept again. */
  synchronized void forget() {
    clear();
    first = 0;
    end = 0;
  }

  private void clear() {
    while (first < end) {
      ring[(int) (first % MOST)] = null;
      first++;
    }
    bytes = 0;
  }

  /**
   * Answers as {@link EventLog#read} does.
   *
   * @param head position that an answer without events must reach
   * @return empty when only the database knows
   */
  synchronized Optional<List<StoredEvent>> read(
      long from, int limit, List<Criterion> criteria, long head) {
    if (from < first || from > end) {
      return Optional.empty();
    }
    List<StoredEvent> found = new ArrayList<>();
    long sum = 0;
    for (long at = from; at < end && found.size() < limit && sum < ANSWER_BYTES; at++) {
      Kept kept = at(at);
      if (criteria.isEmpty() || matches(kept.event, criteria)) {
        found.add(kept.event);
        sum += kept.bytes;
      }
    }
    return found.isEmpty() && end <= head ? Optional.empty() : Optional.of(found);
  }

  /**
   * Leaf hashes of consecutive positions, at most {@value #MOST_HASHES}.
   *
   * @param type what {@link LogRows.Hashes#onlyOf} asks
   * @return empty when only the database knows
   */
  synchronized Optional<LogRows.Hashes> hashes(long from, int most, String type) {
    if (from < first || from >= end) {
      return Optional.empty();
    }
    int count = (int) Math.min(Math.min(most, MOST_HASHES), end - from);
    byte[] hashes = new byte[count * Hash.LENGTH];
    boolean onlyOf = true;
    for (int i = 0; i < count; i++) {
      Kept kept = at(from + i);
      System.arraycopy(kept.leaf, 0, hashes, i * Hash.LENGTH, Hash.LENGTH);
      onlyOf &= kept.event.type().equals(type);
    }
    return Optional.of(new LogRows.Hashes(from, hashes, onlyOf));
  }

  private Kept at(long position) {
    return Objects.requireNonNull(ring[(int) (position % MOST)]);
  }

  private static boolean matches(StoredEvent event, List<Criterion> criteria) {
    for (Criterion criterion : criteria) {
      if ((criterion.types().isEmpty() || criterion.types().contains(event.type()))
          && carries(event, criterion)) {
        return true;
      }
    }
    return false;
  }

  private static boolean carries(StoredEvent event, Criterion criterion) {
    for (String tag : criterion.tags()) {
      boolean carried =
          tag.startsWith("session=")
              ? event.session() != null && tag.equals("session=" + event.session())
              : event.tags().contains(tag);
      if (!carried) {
        return false;
      }
    }
    return true;
  }
}
