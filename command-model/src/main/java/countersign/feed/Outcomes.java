package countersign.feed;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalOutcome;
import countersign.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a wait ended, read out of an approval's whole history. Pure. */
final class Outcomes {
  private Outcomes() {}

  static Optional<ApprovalOutcome> of(List<StoredEvent> history) {
    Optional<ApprovalOutcome> outcome = Optional.empty();
    @Nullable String text = null;
    List<String> yes = new ArrayList<>();
    for (StoredEvent stored : history) {
      switch (stored.event()) {
        case ApprovalEvent.Approved e -> {
          yes.add(e.by().name());
          outcome = e.complete() ? Optional.of(answered(yes, text)) : outcome;
        }
        case ApprovalEvent.Modified e -> {
          yes.clear();
          yes.add(e.by().name());
          text = e.text();
          outcome = e.complete() ? Optional.of(answered(yes, text)) : outcome;
        }
        case ApprovalEvent.Denied e ->
            outcome = Optional.of(new ApprovalOutcome.Denied(e.by().name(), e.reason()));
        case ApprovalEvent.Expired _ -> outcome = Optional.of(new ApprovalOutcome.Expired());
        case ApprovalEvent.Withdrawn e ->
            outcome = Optional.of(new ApprovalOutcome.Withdrawn(e.why()));
        case ApprovalEvent.Used _ ->
            outcome = Optional.of(new ApprovalOutcome.Withdrawn("used already"));
        case StoredEvent.Unreadable _ ->
            outcome = Optional.of(new ApprovalOutcome.Withdrawn("erased"));
        default -> {
          // Requested and refused attempts end nothing.
        }
      }
    }
    return outcome;
  }

  private static ApprovalOutcome answered(List<String> yes, @Nullable String text) {
    String by = String.join(", ", yes);
    return text == null ? new ApprovalOutcome.Approved(by) : new ApprovalOutcome.Modified(by, text);
  }
}
