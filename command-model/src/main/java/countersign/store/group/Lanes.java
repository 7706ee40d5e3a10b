package countersign.store.group;

import countersign.store.Urgency;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, and who goes next: one lane for each session, which keeps its order, and one for each
 * item without. Not thread-safe: the writer's alone.
 */
final class Lanes {
  private static final int LARGE = 8;
  private static final long PATIENCE_NANOS = 20_000_000;

  private final int batchBytes;
  private final long laneBytes;
  private final LongSupplier clock;
  private final Map<UUID, Lane> bySession = new HashMap<>();
  private Deque<Lane> turn = new ArrayDeque<>();
  private int size;

  private static final class Lane {
    final @Nullable UUID session;
    final Deque<Pending> items = new ArrayDeque<>();
    long bytes;
    int urgent;

    Lane(@Nullable UUID session) {
      this.session = session;
    }
  }

  /**
   * Makes lanes.
   *
   * @param batchBytes bytes of one batch
   * @param laneBytes bytes that may wait in one lane
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  Lanes(int batchBytes, long laneBytes, LongSupplier clock) {
    this.clock = clock;
    this.batchBytes = batchBytes;
    this.laneBytes = laneBytes;
  }

  /** Takes an item in; false when its session waits with too much already. */
  boolean offer(Pending item) {
    Lane lane = item.session == null ? null : bySession.get(item.session);
    if (lane != null && lane.bytes + item.bytes > laneBytes) {
      return false;
    }
    if (lane == null) {
      lane = new Lane(item.session);
      turn.add(lane);
      if (item.session != null) {
        bySession.put(item.session, lane);
      }
    }
    lane.items.add(item);
    lane.bytes += item.bytes;
    lane.urgent += urgent(item);
    size++;
    return true;
  }

  /** Items that wait. */
  int size() {
    return size;
  }

  boolean isEmpty() {
    return turn.isEmpty();
  }

  /**
   * Takes the next batch out: what is urgent first, then whatever fits, a piece of each lane in
   * turn. Nothing when nobody may go.
   *
   * @param waiting sessions that have to wait
   */
  List<Pending> next(Set<UUID> waiting) {
    Admission admission = new Admission(waiting);
    admitOneThatNeverFits(admission);
    for (Lane lane : turn) {
      while (isUrgent(lane.items.peek()) && admission.admit(lane)) {
        continue;
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Lane lane : turn) {
        more |= lane.urgent > 0 && admission.admit(lane);
      }
    }
    admission.leaveRoomForOne();
    for (more = true; more; ) {
      more = false;
      for (Lane lane : turn) {
        more |= admission.admit(lane);
      }
    }
    admission.keepOrder();
    return admission.taken;
  }

  /** What is too large to find room beside others goes first after a while. */
  private void admitOneThatNeverFits(Admission admission) {
    for (Lane lane : turn) {
      Pending item = lane.items.peek();
      if (item != null
          && item.bytes > batchBytes / LARGE
          && clock.getAsLong() - item.since > PATIENCE_NANOS
          && admission.admit(lane)) {
        return;
      }
    }
  }

  /** Takes out every waiting item that a test picks, a session's in their order. */
  List<Pending> remove(Predicate<Pending> which) {
    List<Pending> removed = new ArrayList<>();
    for (Lane lane : turn) {
      remove(lane, which, removed);
    }
    sweep(turn);
    return removed;
  }

  /**
   * Takes out what waits with a later number of the same session: without the item it would be a
   * hole.
   */
  List<Pending> removeBehind(Pending item) {
    List<Pending> removed = new ArrayList<>();
    Lane lane = item.session == null ? null : bySession.get(item.session);
    if (lane != null) {
      remove(lane, item::isBefore, removed);
      sweep(turn);
    }
    return removed;
  }

  private void remove(Lane lane, Predicate<Pending> which, List<Pending> removed) {
    for (Iterator<Pending> each = lane.items.iterator(); each.hasNext(); ) {
      Pending item = each.next();
      if (which.test(item)) {
        each.remove();
        size--;
        lane.bytes -= item.bytes;
        lane.urgent -= urgent(item);
        removed.add(item);
      }
    }
  }

  private void sweep(Deque<Lane> lanes) {
    Deque<Lane> left = new ArrayDeque<>(Math.max(16, lanes.size()));
    for (Lane lane : lanes) {
      if (!lane.items.isEmpty()) {
        left.add(lane);
      } else if (lane.session != null) {
        bySession.remove(lane.session);
      }
    }
    turn = left;
  }

  private static boolean isUrgent(@Nullable Pending item) {
    return item != null && item.urgency != Urgency.segment;
  }

  private static int urgent(Pending item) {
    return isUrgent(item) ? 1 : 0;
  }

  /** Which items stand each other in one batch. */
  private final class Admission {
    final List<Pending> taken = new ArrayList<>();
    private final Map<UUID, Long> next = new HashMap<>();
    private final Set<Object> written = new HashSet<>();
    private final Set<Object> conditioned = new HashSet<>();
    private final Set<Lane> closed = new HashSet<>();
    private final Set<Lane> served = new HashSet<>();
    private final Set<UUID> waiting;
    private boolean alone;
    private boolean room;
    private long bytes;

    Admission(Set<UUID> waiting) {
      this.waiting = waiting;
    }

    /** One segment goes with every batch, however many decisions there are. */
    void leaveRoomForOne() {
      room = bytes <= batchBytes;
    }

    boolean admit(Lane lane) {
      Pending item = lane.items.peek();
      if (item == null || closed.contains(lane) || alone || !item.ready.isDone()) {
        return false;
      }
      if (item.session != null && waiting.contains(item.session)) {
        return false;
      }
      boolean fits = bytes + item.bytes <= batchBytes || room && isSmallSegment(item);
      if (!taken.isEmpty() && !fits) {
        return false;
      }
      if (!follows(item) || !agrees(item)) {
        closed.add(lane);
        return false;
      }
      take(lane, item);
      return true;
    }

    private boolean isSmallSegment(Pending item) {
      return !isUrgent(item) && item.bytes <= batchBytes / LARGE;
    }

    /** The next number of its session, when one of it is in the batch already. */
    private boolean follows(Pending item) {
      Long expected = item.session == null ? null : next.get(item.session);
      return expected == null || expected == item.firstSeq;
    }

    /**
     * Conditions are judged on what was there before the batch: nobody may write into another's.
     */
    private boolean agrees(Pending item) {
      for (Asked asked : item.condition) {
        if (asked.wide() ? !taken.isEmpty() : written.contains(key(asked))) {
          return false;
        }
      }
      if (!conditioned.isEmpty()) {
        for (Object write : item.writes) {
          if (conditioned.contains(write)) {
            return false;
          }
        }
      }
      return true;
    }

    private void take(Lane lane, Pending item) {
      lane.items.remove();
      size--;
      lane.bytes -= item.bytes;
      lane.urgent -= urgent(item);
      taken.add(item);
      served.add(lane);
      room = room && bytes + item.bytes <= batchBytes;
      bytes += item.bytes;
      written.addAll(item.writes);
      if (item.session != null) {
        next.put(item.session, item.lastSeq + 1);
      }
      for (Asked asked : item.condition) {
        if (asked.wide()) {
          alone = true;
        } else {
          conditioned.add(key(asked));
        }
        closed.add(lane); // if it is rejected, what follows it in its session must be too
      }
    }

    private Object key(Asked asked) {
      return asked.tag().isEmpty()
          ? java.util.Objects.requireNonNull(asked.session())
          : asked.tag();
    }

    /** Whoever went stands behind who did not. */
    void keepOrder() {
      Deque<Lane> order = new ArrayDeque<>(turn.size() + 1);
      turn.stream().filter(lane -> !served.contains(lane)).forEach(order::add);
      turn.stream().filter(served::contains).forEach(order::add);
      sweep(order);
    }
  }
}
