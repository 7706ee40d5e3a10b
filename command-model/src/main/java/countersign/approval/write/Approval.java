package countersign.approval.write;

import countersign.approval.ApprovalEvent;
import countersign.approval.HeldOperation;
import countersign.identity.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One approval as its events tell it; immutable. */
public sealed interface Approval {

  /** Nothing was asked under this id. */
  Approval NONE = new None();

  /** Nothing was asked under this id. */
  record None() implements Approval {}

  /**
   * It waits for answers, or was answered and waits to be used.
   *
   * @param held what is asked for
   * @param expires when silence becomes no, and an unused yes ends
   * @param text what runs in place of the held text; null when nobody modified it
   * @param yes who said yes to what would run now, in order
   * @param complete whether the quorum is reached
   * @param refusedAttempts answers of people who may not answer
   */
  record Open(
      HeldOperation held,
      Instant expires,
      @Nullable String text,
      List<Principal> yes,
      boolean complete,
      int refusedAttempts)
      implements Approval {
    public Open {
      yes = List.copyOf(yes);
    }

    /** The digest of what may run now. */
    public String digest() {
      return text == null ? held.digest() : held.digestOf(text);
    }
  }

  /**
   * It is over, for good.
   *
   * @param how {@code denied}, {@code expired}, {@code withdrawn} or {@code used}
   */
  record Ended(String how) implements Approval {}

  /**
   * Returns the approval after one more event.
   *
   * @throws IllegalStateException if no such event can follow: the log is not ours, or a defect
   */
  static Approval evolve(Approval state, ApprovalEvent event) {
    return switch (event) {
      case ApprovalEvent.Requested e -> new Open(e.held(), e.expires(), null, List.of(), false, 0);
      case ApprovalEvent.Approved e -> {
        Open open = open(state, e);
        List<Principal> yes = new ArrayList<>(open.yes());
        yes.add(e.by());
        yield new Open(
            open.held(), open.expires(), open.text(), yes, e.complete(), open.refusedAttempts());
      }
      case ApprovalEvent.Modified e -> {
        Open open = open(state, e);
        yield new Open(
            open.held(),
            open.expires(),
            e.text(),
            List.of(e.by()),
            e.complete(),
            open.refusedAttempts());
      }
      case ApprovalEvent.AttemptRefused e -> {
        Open open = open(state, e);
        yield new Open(
            open.held(),
            open.expires(),
            open.text(),
            open.yes(),
            open.complete(),
            open.refusedAttempts() + 1);
      }
      case ApprovalEvent.Denied _ -> new Ended("denied");
      case ApprovalEvent.Expired _ -> new Ended("expired");
      case ApprovalEvent.Withdrawn _ -> new Ended("withdrawn");
      case ApprovalEvent.Used _ -> new Ended("used");
    };
  }

  private static Open open(Approval state, ApprovalEvent event) {
    if (state instanceof Open open) {
      return open;
    }
    throw new IllegalStateException(
        event.id() + ": " + event.getClass().getSimpleName() + " (expected: an open approval)");
  }
}
