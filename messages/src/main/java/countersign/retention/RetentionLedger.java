package countersign.retention;

import countersign.session.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What holds and erasures there are, as of now: read from the log, not from a view. */
public interface RetentionLedger {

  /** All holds, lifted ones too, oldest first. */
  CompletionStage<List<Hold>> holds();

  /** All erasures, oldest first. */
  CompletionStage<List<Erasure>> erasures();

  /**
   * A legal hold.
   *
   * @param session the session it is about, null for a principal's
   * @param principal the principal it is about, empty for a session's
   * @param liftedAt when it ended, null while it is in force
   */
  record Hold(
      HoldId id,
      @Nullable SessionId session,
      String principal,
      String by,
      String reason,
      Instant placedAt,
      @Nullable Instant liftedAt) {}

  /**
   * An erasure.
   *
   * @param state {@code requested} or {@code completed}
   * @param cause {@code request} or {@code retention}
   * @param by who asked, empty when retention ended
   * @param keys sessions whose keys are destroyed; 0 until completed
   * @param acknowledged parts that dropped what they held
   * @param bundles ids of evidence bundles made before, which still hold what they disclose
   * @param feeds feeds that had passed content on
   */
  record Erasure(
      ErasureId id,
      String state,
      List<SessionId> sessions,
      String cause,
      String by,
      String reason,
      Instant requestedAt,
      @Nullable Instant completedAt,
      long keys,
      List<String> acknowledged,
      List<String> bundles,
      List<String> feeds) {
    public Erasure {
      sessions = List.copyOf(sessions);
      acknowledged = List.copyOf(acknowledged);
      bundles = List.copyOf(bundles);
      feeds = List.copyOf(feeds);
    }
  }
}
