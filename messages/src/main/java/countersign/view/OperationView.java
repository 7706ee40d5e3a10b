package countersign.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation as it is listed, in the order of the session.
 *
 * @param seq sequence number of its decision in the session
 * @param state {@code decided}, {@code running}, {@code ok}, {@code error}, {@code cancelled},
 *     {@code refused} or {@code unknown}
 * @param approval approval it waited for or ran under
 * @param replaces operation that an approver modified into this one
 * @param byEdge true for what the edge itself sent
 * @param micros µs from the session's opening to the decision
 */
public record OperationView(
    String id,
    String session,
    long seq,
    long position,
    Instant at,
    long micros,
    String decision,
    List<String> effects,
    String rule,
    String reason,
    String text,
    List<@Nullable String> binds,
    String digest,
    @Nullable String approval,
    @Nullable String replaces,
    boolean byEdge,
    String state,
    @Nullable String status,
    @Nullable String tag,
    @Nullable Long rows,
    @Nullable Long bytes,
    @Nullable Long duration) {}
