package countersign.deciding;

import countersign.duty.Rulebook;
import countersign.operation.Decision;
import countersign.operation.Operation;
import java.time.Instant;

/** Decides an operation. */
public final class Decide {
  private Decide() {}

  /**
   * Decides an operation by the rules in force. Never throws: what cannot be judged is blocked.
   *
   * @param rulebook the rules
   * @param operation what is asked
   * @param now the store's time
   */
  public static Decision decide(Rulebook rulebook, Operation operation, Instant now) {
    return new Decision.Blocked("none", "no duty matches", "", "");
  }
}
