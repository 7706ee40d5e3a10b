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

    long head() {
      return before + accepted;
    }
  }

  /** Answers everybody after the commit. */
  void answer(Judged judged) {
    long position = judged.before() + 1;
    for (int i = 0; i < items.size(); i++) {
      Pending item = items.get(i);
      Integer reason = judged.rejected().get(i);
      if (reason == null) {
        item.answer.complete(position);
        position += item.rows.size();
      } else {
        refuse(item, reason);
      }
    }
  }

  /** Answers everybody from what is found in the log. */
  void answer(Map<UUID, Long> found) {
    for (Pending item : items) {
      Long position = found.get(item.rows.getFirst().id());
      if (position != null) {
        item.answer.complete(position);
      } else {
        refuse(item, item.condition.isEmpty() ? BatchSql.SEQUENCE : BatchSql.CONDITION);
      }
    }
  }

  void refuse(Reason reason, String why) {
    items.forEach(item -> item.refuse(reason, why));
  }

  /** The same without whom nobody waits for any more: he was told that the store is down. */
  Batch unanswered(long now) {
    return new Batch(number, items.stream().filter(i -> !i.answer.isDone()).toList(), now);
  }

  private static void refuse(Pending item, int reason) {
    if (reason == BatchSql.CONDITION) {
      item.refuse(Reason.condition, "condition: somebody else was first");
    } else {
      item.refuse(
          Reason.sequence,
          "session " + item.session + ": " + item.firstSeq + " does not follow its last event");
    }
  }
}
