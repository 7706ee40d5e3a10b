package countersign.deciding;

import countersign.approval.HeldOperation;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.Optional;

/** Who may answer a held operation. */
public final class Eligibility {
  private Eligibility() {}

  /**
   * Says why somebody may not approve, deny or modify a held operation.
   *
   * @return the reason in words for the approver, empty when he may
   */
  public static Optional<String> refusal(
      Rulebook rulebook, HeldOperation held, Principal approver) {
    return Optional.of("nobody may answer yet");
  }
}
