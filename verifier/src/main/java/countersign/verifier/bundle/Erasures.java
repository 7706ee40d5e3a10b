package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.COMPLETENESS;
import static countersign.verifier.bundle.Report.Outcome.ERASED;
import static countersign.verifier.bundle.Report.Outcome.INCOMPLETE;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether what is said to be erased was: an {@code ErasureCompleted} at the position that the event
 * names, and the {@code ErasureRequested} of the same id, which names the session.
 */
final class Erasures {
  /** The id of each erasure that was completed, by its position. */
  private final Map<Long, String> completed = new HashMap<>();

  /** Id of an erasure and a session that it was asked for. */
  private final Set<Map.Entry<String, String>> requested = new HashSet<>();

  /** Events said to be erased, by session and by the erasure that they name. */
  private final Map<String, Map<Long, Long>> erased = new TreeMap<>();

  /** Notes an event that is about an erasure. */
  void add(long position, Leaf leaf, Json clear) throws Malformed {
    if (leaf.type().equals("ErasureCompleted")) {
      completed.put(position, clear.text("id"));
    } else if (leaf.type().equals("ErasureRequested")) {
      for (Json session : clear.items("sessions")) {
        requested.add(Map.entry(clear.text("id"), session.text("session")));
      }
    }
  }

  /** Notes an event that is said to be erased. */
  void erased(long position, Leaf leaf, Json clear, long erasure) throws Malformed {
    String session = leaf.session() == null ? clear.text("session") : leaf.session().toString();
    if (erasure <= position) {
      throw new Malformed("erasureIdx: " + erasure + " (expected: after the event)");
    }
    erased.computeIfAbsent(session, s -> new TreeMap<>()).merge(erasure, 1L, Long::sum);
  }

  void finish(Report report) {
    erased.forEach((session, by) ->
        by.forEach((erasure, events) -> {
          String id = completed.get(erasure);
          boolean proven = id != null && requested.contains(Map.entry(id, session));
          report.add(
              COMPLETENESS,
              proven ? ERASED : INCOMPLETE,
              proven
                  ? "%d events of session %s were erased by %s, completed at %d"
                      .formatted(events, session, id, erasure)
                  : "%d events of session %s are said to be erased, and no erasure at %d proves it"
                      .formatted(events, session, erasure));
        }));
  }
}
