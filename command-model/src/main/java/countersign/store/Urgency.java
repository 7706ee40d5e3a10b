package countersign.store;

/** What goes first into a batch, and what the disk reserve is kept for. */
public enum Urgency {
  /** Somebody waits for it: decisions, outcomes, the beginning and end of sessions, approvals. */
  decision,
  /** Pieces of recordings: fill what decisions leave. */
  segment,
  /**
   * What keeps control working on a nearly full disk: configuration, edges, answers of people. Goes
   * with decisions, and is still accepted when the disk reserve is reached.
   */
  control
}
