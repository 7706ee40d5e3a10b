package countersign.store.group;

import countersign.port.AppendRefused.Reason;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Items that go in one transaction.
 *
 * @param number of this writer, never used for another batch: what the outcome is found by when the
 *     answer is lost
 * @param since when it was sent
 */
record Batch(long number, List<Pending> items, long since) {

  /** What was judged, as the statement answers it. */
  record Judged(long before, long accepted, Map<Integer, Integer> rejected) {
    static Judged of(Row row) {
      Map<Integer, Integer> rejected = new HashMap<>();
      Integer[] items = row.getArrayOfIntegers(2);
      Integer[] reasons = row.getArrayOfIntegers(3);
      for (int i = 0; items != null && i < items.length; i++) {
        rejected.put(items[i], reasons[i]);
      }
      return new Judged(row.getLong(0), row.getLong(1), rejected);
    }

    /** Of the statement for one event. */
    static Judged ofOne(long position) {
      return position < 0
          ? new Judged(-1, 0, Map.of(0, BatchSql.SEQUENCE))
          : new Judged(position - 1, 1, Map.of());
    }

    long head() {
      return before + accepted;
    }
  }

  /** Tells an item, and whoever depends on it, that it is not in the log. */
  interface Refusing {
    void refuse(Pending item, Reason reason, String why);
  }

  /** Answers everybody after the commit. */
  void answer(Judged judged, Refusing refusing) {
    long position = judged.before() + 1;
    for (int i = 0; i < items.size(); i++) {
      Pending item = items.get(i);
      Integer reason = judged.rejected().get(i);
      if (reason == null) {
        item.answer.complete(position);
        position += item.rows.size();
      } else {
        refuse(item, reason, refusing);
      }
    }
  }

  /** Answers everybody from what is found in the log. */
  void answer(Map<UUID, Long> found, Refusing refusing) {
    for (Pending item : items) {
      Long position = found.get(item.rows.getFirst().id());
      if (position != null) {
        item.answer.complete(position);
      } else {
        refuse(item, item.condition.isEmpty() ? BatchSql.SEQUENCE : BatchSql.CONDITION, refusing);
      }
    }
  }

  /** Whom nobody waits for any more. */
  List<Pending> answered() {
    return items.stream().filter(i -> i.answer.isDone()).toList();
  }

  /** The same without whom nobody waits for any more: he was told that the store is down. */
  Batch unanswered(long now) {
    return new Batch(number, items.stream().filter(i -> !i.answer.isDone()).toList(), now);
  }

  private static void refuse(Pending item, int reason, Refusing refusing) {
    if (reason == BatchSql.CONDITION) {
      refusing.refuse(item, Reason.condition, "condition: somebody else was first");
    } else {
      refusing.refuse(
          item,
          Reason.sequence,
          "session " + item.session + ": " + item.firstSeq + " does not follow its last event");
    }
  }
}
