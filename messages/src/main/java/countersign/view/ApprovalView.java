package countersign.view;

import countersign.approval.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An approval as it is listed and shown.
 *
 * @param state {@code pending}, {@code approved}, {@code modified}, {@code denied}, {@code
 *     expired}, {@code withdrawn} or {@code used}
 * @param waiting {@code stream} when the session waits, {@code ticket} when the request outlives it
 * @param context what helps to decide; nothing where the text may not be seen
 * @param chain names from who started it to who acts
 * @param answers who has answered, in order
 * @param refusedAttempts who tried and may not
 */
public record ApprovalView(
    String id,
    String state,
    String session,
    String operation,
    String principal,
    List<String> chain,
    List<String> people,
    String protocol,
    String target,
    String database,
    String role,
    String text,
    List<@Nullable String> binds,
    List<String> effects,
    String rule,
    String why,
    String statedReason,
    Context context,
    String digest,
    List<String> by,
    int quorum,
    String waiting,
    boolean inTransaction,
    boolean modifiable,
    @Nullable String modifiedText,
    List<Answer> answers,
    List<Answer> refusedAttempts,
    Instant requestedAt,
    Instant expiresAt,
    @Nullable Instant endedAt) {

  /** One person's answer. */
  public record Answer(String by, String kind, String reason, Instant at) {}
}
