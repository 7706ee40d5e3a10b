package countersign.approval.write;

import countersign.approval.ApprovalCommand;

/**
 * One thing that may be asked of an approval: pure, so that a table of cases tests it.
 *
 * @param <C> the command
 */
@FunctionalInterface
public interface Slice<C extends ApprovalCommand> {

  /** Decides what a command does to an approval. Never throws for what people or edges send. */
  Decided decide(Approval state, C command, Situation situation);
}
