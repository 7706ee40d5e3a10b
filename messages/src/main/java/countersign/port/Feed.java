package countersign.port;

import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.Ticket;
import countersign.duty.Rulebook;
import countersign.session.SessionId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What control tells an edge as it changes. */
public interface Feed {

  /** The rulebook in force now; a volatile read, safe on an event loop. */
  Rulebook rulebook();

  /**
   * False when control or the store has not been heard of for the lease: nothing new is decided.
   */
  boolean leased();

  /**
   * Calls back once when the approval ends, at once if it has ended already.
   *
   * @return closes without calling when no longer wanted
   */
  Subscription onOutcome(ApprovalId approval, Consumer<ApprovalOutcome> outcome);

  /**
   * Looks for a request that outlives its session, in the log itself and not in what was heard of
   * it.
   *
   * @param repeat see {@link countersign.operation.OperationDigest#ofRepeat}
   * @return completes within seconds with the newest request for that operation, whatever became of
   *     it, empty when there was none; exceptionally when the store does not answer
   */
  CompletionStage<Optional<Ticket>> ticket(String repeat);

  /**
   * Answers for an operation that waits here whether another text may take its place.
   *
   * @return ends it
   */
  Subscription onProposal(ApprovalId approval, Proposal proposal);

  /** Judges texts that approvers want to put in an operation's place. */
  interface Proposal {
    /**
     * Judges one.
     *
     * @return completes with what stands in the way, empty when nothing does; from any thread
     */
    CompletionStage<Optional<String>> judge(String text);
  }

  /** Calls back after each change of the rulebook, with the new one. */
  Subscription onRulebook(Consumer<Rulebook> changed);

  /** Calls back with the words for the caller when somebody ends this session. */
  Subscription onTerminate(SessionId session, Consumer<String> why);

  /** Ends a subscription; idempotent. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
