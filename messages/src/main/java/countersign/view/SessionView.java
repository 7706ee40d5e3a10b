package countersign.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as it is listed.
 *
 * @param state {@code open}, {@code closed}, {@code interrupted} or {@code erased}
 * @param chain names from who started it to who acts
 * @param people everybody who may see it as their own: people and owners in the chain
 * @param end why it closed, empty while open
 * @param gapFrom first byte that may be missing in {@code out}, null without a gap
 * @param erasedAt when its erasure was requested; null, or nothing but its times is left
 */
public record SessionView(
    String id,
    String state,
    String protocol,
    String recording,
    String principal,
    List<String> chain,
    List<String> people,
    String target,
    String database,
    String role,
    String client,
    String application,
    Instant openedAt,
    @Nullable Instant closedAt,
    String end,
    long operations,
    long held,
    long blocked,
    long segments,
    long bytesIn,
    long bytesOut,
    @Nullable Long gapFrom,
    @Nullable Instant gapAt,
    @Nullable Instant erasedAt) {}
