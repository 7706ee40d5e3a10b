package countersign.port;

import countersign.approval.ApprovalCommand;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where an edge puts what happened. */
public interface Append {

  /**
   * Appends events of one session, in sequence.
   *
   * <p>Calls for one session are made in order of {@code firstSeq}, without waiting for each other;
   * they become durable in that order. Segments may be overtaken only within one call's batch
   * limits, never in the order of their own session. Sealing happens on the calling thread (about
   * 10 µs an event).
   *
   * @param session the session
   * @param firstSeq sequence number of the first event; 0 for {@code Opened}, then without a hole
   * @param events one or more events, not changed afterwards
   * @return completes when the events are durable (fsynced). Completes exceptionally with {@link
   *     AppendRefused} when they are not and will not be: store full, stopped, buffers at their
   *     bound, or another writer holds the session. After that the session takes no more
   */
  CompletionStage<Void> append(
      SessionId session, long firstSeq, List<? extends SessionEvent> events);

  /**
   * Sends a command about an approval of one of the edge's sessions.
   *
   * @return completes when its events are durable; exceptionally with {@link
   *     countersign.approval.ApprovalRefused} when the approval does not take it, and with {@link
   *     AppendRefused} when the store does not
   */
  CompletionStage<Void> submit(ApprovalCommand.FromEdge command);
}
