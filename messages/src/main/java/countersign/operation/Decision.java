package countersign.operation;

import countersign.duty.Rule;

/** What the gate decided, by which rule, in words for a person. */
public sealed interface Decision {

  /** The rule as {@code duty/number}, or a fixed name where no rule matched. */
  String rule();

  /** Why, for the caller and the record. */
  String reason();

  /** The kind, for events and metrics. */
  default DecisionKind kind() {
    return switch (this) {
      case Allowed _ -> DecisionKind.allowed;
      case Held _ -> DecisionKind.held;
      case Blocked _ -> DecisionKind.blocked;
    };
  }

  /** May run. */
  record Allowed(String rule, String reason) implements Decision {}

  /**
   * Waits for a person.
   *
   * @param hold the terms: by whom, how many, how long
   */
  record Held(String rule, String reason, Rule.Hold hold) implements Decision {}

  /**
   * Must not run.
   *
   * @param wouldAllow duty that would have allowed it, empty if none
   * @param ask what may be asked for, empty if nothing
   */
  record Blocked(String rule, String reason, String wouldAllow, String ask) implements Decision {}
}
