package countersign.port;

import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.duty.Rulebook;
import countersign.session.SessionId;
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
