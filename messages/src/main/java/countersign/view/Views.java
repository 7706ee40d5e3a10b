package countersign.view;

import countersign.port.Feed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The questions asked of the read models. Answers lag the log by {@link Lag}; whoever needs what he
 * just did waits for its position.
 */
public interface Views {

  /**
   * Lists sessions; filters: state, principal, target. Default order: newest first.
   *
   * <p>Among sessions, {@code inChain} keeps those with this name in the chain. For both lists,
   * {@code seenBy} keeps what these names (one a line) may see as their own or what asked one of
   * the groups of {@code askedOf} (one a line).
   */
  CompletionStage<Page<SessionView>> sessions(Map<String, String> filter, Page.Request page);

  /** One session. */
  CompletionStage<Optional<SessionView>> session(String id);

  /** Operations of one session in order. */
  CompletionStage<Page<OperationView>> operations(String session, Page.Request page);

  /** Lists approvals; filters: state, session, target, principal. Default order: newest first. */
  CompletionStage<Page<ApprovalView>> approvals(Map<String, String> filter, Page.Request page);

  /** One approval. */
  CompletionStage<Optional<ApprovalView>> approval(String id);

  /** The recording index of one session, all segments from a number on, at most 1,000. */
  CompletionStage<List<SegmentView>> segments(String session, long fromNumber);

  /** How far the read models are. */
  CompletionStage<Lag> lag();

  /**
   * Calls back after rows changed and are committed, with what changed; never with content.
   *
   * @return ends the calls
   */
  Feed.Subscription onChange(Consumer<Changed> changed);

  /** Empties a read model and runs all events through it again. */
  CompletionStage<Void> rebuild(String view);

  /**
   * A change of a row.
   *
   * @param view {@code sessions}, {@code operations}, {@code approvals} or {@code segments}
   * @param id row
   * @param session session it belongs to
   */
  record Changed(String view, String id, String session) {}

  /**
   * Positions behind the head of the log.
   *
   * @param head newest position in the log
   * @param seen newest position that all read models have seen
   * @param views newest position that each of them has seen
   */
  record Lag(long head, long seen, Map<String, Long> views) {
    public Lag {
      views = Map.copyOf(views);
    }
  }
}
