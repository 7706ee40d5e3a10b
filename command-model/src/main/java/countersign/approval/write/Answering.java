package countersign.approval.write;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalRefused.Kind;
import countersign.deciding.Eligibility;
import countersign.identity.Principal;
import java.util.Optional;
import java.util.function.Function;

/** What every answer goes through before it counts. */
public final class Answering {
  /** Attempts that become events; further ones are refused without a trace of their own. */
  private static final int MOST_RECORDED_ATTEMPTS = 100;

  private Answering() {}

  /**
   * Lets an answer through to an open approval that has time left.
   *
   * @param otherwise what the answer does
   */
  public static Decided open(
      Approval state,
      ApprovalId id,
      Situation situation,
      Function<Approval.Open, Decided> otherwise) {
    return switch (state) {
      case Approval.None _ ->
          Decided.refused(
              Kind.notFound, "id: " + id + " (expected: an approval that was asked for)");
      case Approval.Ended ended ->
          Decided.refused(Kind.ended, "approval " + id + " has ended: " + ended.how());
      case Approval.Open open when due(open, situation) ->
          Decided.refused(
              new ApprovalEvent.Expired(id, open.held().session(), situation.now()),
              Kind.ended,
              "approval " + id + " has ended: expired");
      case Approval.Open open -> otherwise.apply(open);
    };
  }

  /** Whether silence has become no. */
  public static boolean due(Approval.Open open, Situation situation) {
    return !situation.now().isBefore(open.expires());
  }

  /**
   * Lets an answer through that comes from somebody who may give it; an attempt of anybody else is
   * an event.
   *
   * @param attempt {@code approve}, {@code deny}, {@code modify}
   */
  public static Decided eligible(
      Approval.Open open,
      ApprovalId id,
      Principal by,
      String attempt,
      Situation situation,
      Function<Approval.Open, Decided> otherwise) {
    Optional<String> refusal = Eligibility.refusal(situation.rulebook(), open.held(), by);
    return refusal.isEmpty()
        ? otherwise.apply(open)
        : attemptRefused(open, id, by, attempt, refusal.get(), situation);
  }

  /** Refuses an answer of somebody who may not give it, and records the attempt. */
  public static Decided attemptRefused(
      Approval.Open open,
      ApprovalId id,
      Principal by,
      String attempt,
      String reason,
      Situation situation) {
    if (open.refusedAttempts() >= MOST_RECORDED_ATTEMPTS) {
      return Decided.refused(Kind.notEligible, reason);
    }
    return Decided.refused(
        new ApprovalEvent.AttemptRefused(
            id, open.held().session(), situation.now(), by, attempt, reason),
        Kind.notEligible,
        reason);
  }
}
