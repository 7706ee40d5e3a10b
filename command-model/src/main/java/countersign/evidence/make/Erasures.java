package countersign.evidence.make;

import countersign.store.RawEvents;
import countersign.store.StoredRow;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which sessions were erased, and the events that prove it. */
final class Erasures {
  private final Map<UUID, Erased> completed = new HashMap<>();
  private final Set<UUID> underWay = new HashSet<>();

  /** Positions of the two events of an erasure. */
  record Erased(long requested, long completed) {}

  private Erasures() {}

  /** Reads them from the log. */
  static Erasures read(RawEvents raw, long end) throws IOException {
    Erasures erasures = new Erasures();
    Map<String, Long> requested = new HashMap<>();
    Map<String, Set<UUID>> sessions = new HashMap<>();
    new Walk(raw, false)
        .over(
            raw.tagged(Set.of("retention=all"), end),
            row -> erasures.fold(row, requested, sessions));
    return erasures;
  }

  private void fold(StoredRow row, Map<String, Long> requested, Map<String, Set<UUID>> sessions)
      throws IOException {
    String type = row.leaf().type();
    if (!type.equals("ErasureRequested") && !type.equals("ErasureCompleted")) {
      return;
    }
    try {
      Json clear = Json.parse(new String(row.clear(), StandardCharsets.UTF_8));
      String id = clear.text("id");
      if (type.equals("ErasureRequested")) {
        Set<UUID> named = new HashSet<>();
        for (Json session : clear.items("sessions")) {
          named.add(UUID.fromString(session.text("session")));
        }
        requested.put(id, row.position());
        sessions.put(id, named);
        underWay.addAll(named);
        return;
      }
      Long at = requested.get(id);
      for (UUID session : sessions.getOrDefault(id, Set.of())) {
        underWay.remove(session);
        if (at != null) {
          completed.putIfAbsent(session, new Erased(at, row.position()));
        }
      }
    } catch (Malformed | IllegalArgumentException e) {
      throw new IOException("event at " + row.position() + ": " + e.getMessage(), e);
    }
  }

  /** How a session was erased; empty when it was not, or is being. */
  Optional<Erased> of(UUID session) {
    return Optional.ofNullable(completed.get(session));
  }

  /** Whether an erasure of it was asked for and is not completed. */
  boolean underWay(UUID session) {
    return underWay.contains(session);
  }
}
