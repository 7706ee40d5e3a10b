package countersign.operation;

/** The three decisions. */
public enum DecisionKind {
  allowed,
  held,
  blocked
}
