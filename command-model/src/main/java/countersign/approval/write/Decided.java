package countersign.approval.write;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalRefused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes of a command: events, a refusal, or both, when the attempt itself is worth a record.
 *
 * @param events appended in one condition on the approval
 * @param refusal what the sender is told once the events are durable; null for done
 */
public record Decided(List<ApprovalEvent> events, @Nullable ApprovalRefused refusal) {
  public Decided {
    events = List.copyOf(events);
  }

  /** It happened already, or nothing has to happen. */
  public static Decided nothing() {
    return new Decided(List.of(), null);
  }

  /** It happens. */
  public static Decided to(ApprovalEvent event) {
    return new Decided(List.of(event), null);
  }

  /** It does not happen. */
  public static Decided refused(ApprovalRefused.Kind kind, String message) {
    return new Decided(List.of(), new ApprovalRefused(kind, message));
  }

  /** Something else happens, and the sender is told why. */
  public static Decided refused(ApprovalEvent event, ApprovalRefused.Kind kind, String message) {
    return new Decided(List.of(event), new ApprovalRefused(kind, message));
  }
}
