package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The sums of a bundle. Writer and verifier make them from the same events; the manifest says the
 * writer's.
 *
 * <p>{@code events}: leaves by type, out of scope or not. From the clear halves: {@code sessions}
 * opened; {@code operations} by decision, those of the edge itself apart as {@code byEdge}; {@code
 * approvals} by what happened; {@code recorded} segments and bytes. Plain reads that were decided
 * together are sealed: {@code batchesNotOpened} says how many such events could not be counted.
 */
final class Counts {
  private static final Map<String, String> APPROVALS =
      Map.of(
          "ApprovalRequested", "requested",
          "Approved", "approved",
          "Modified", "modified",
          "Denied", "denied",
          "Expired", "expired",
          "Withdrawn", "withdrawn",
          "Used", "used",
          "ApprovalAttemptRefused", "attemptRefused");

  private final Map<String, Long> events = new TreeMap<>();
  private final Map<String, Long> operations = new TreeMap<>();
  private final Map<String, Long> approvals = new TreeMap<>();
  private long sessions;
  private long batchesNotOpened;
  private long segments;
  private long bytesIn;
  private long bytesOut;

  /** Counts a leaf of an event that nothing is shown of. */
  void add(Leaf leaf) {
    events.merge(leaf.type(), 1L, Long::sum);
  }

  /**
   * Counts an event.
   *
   * @param clear its clear half
   * @param opened its sealed half, when it was disclosed and is of a type that {@link #reads} names
   * @throws Malformed when a half has not the members of its type
   */
  void add(Leaf leaf, Json clear, Optional<Json> opened) throws Malformed {
    add(leaf);
    String approval = APPROVALS.get(leaf.type());
    if (approval != null) {
      approvals.merge(approval, 1L, Long::sum);
      return;
    }
    switch (leaf.type()) {
      case "SessionOpened" -> sessions++;
      case "OperationDecided" -> operation(clear);
      case "OperationsDecided" -> {
        if (opened.isPresent()) {
          for (Json one : opened.get().items("operations")) {
            operation(one);
          }
        } else {
          batchesNotOpened++;
        }
      }
      case "SegmentRecorded" -> {
        segments++;
        bytesIn += clear.count("inLength");
        bytesOut += clear.count("outLength");
      }
      default -> {
        // Counted by its type alone.
      }
    }
  }

  /** Whether counting needs the sealed half of events of a type. */
  static boolean reads(String type) {
    return type.equals("OperationsDecided");
  }

  private void operation(Json decided) throws Malformed {
    boolean byEdge = decided.member("byEdge").equals(Optional.of(Json.of(true)));
    operations.merge(byEdge ? "byEdge" : decided.text("decision"), 1L, Long::sum);
  }

  /** The sums as the manifest has them. */
  Json json() {
    return Json.object()
        .with("events", numbers(events))
        .with("sessions", sessions)
        .with("operations", numbers(operations))
        .with("batchesNotOpened", batchesNotOpened)
        .with("approvals", numbers(approvals))
        .with(
            "recorded",
            Json.object()
                .with("segments", segments)
                .with("bytesIn", bytesIn)
                .with("bytesOut", bytesOut)
                .made())
        .made();
  }

  private static Json numbers(Map<String, Long> numbers) {
    Json.Builder object = Json.object();
    numbers.forEach(object::with);
    return object.made();
  }
}
