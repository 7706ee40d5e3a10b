package countersign.view.projections;

import countersign.view.Views;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.processing.streaming.segmenting.Segment;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.TokenStore;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.UnableToClaimTokenException;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.UnableToInitializeTokenException;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * Axon's tokens in {@code view.tokens}. Storing a token is where a batch becomes rows: both in one
 * transaction, so that a view and its token never disagree, whatever dies when. A token is stored
 * only while this process still owns the segment; otherwise the rows are rolled back with it.
 */
final class ViewTokens implements TokenStore {
  /** A process that has said nothing for so long has lost its segments. */
  static final Duration CLAIM = Duration.ofSeconds(3);

  private final Transactions transactions;
  private final Changes changes;
  private final String node;

  ViewTokens(Transactions transactions, Changes changes, String node) {
    this.transactions = transactions;
    this.changes = changes;
    this.node = node;
  }

  @Override
  public CompletableFuture<List<Segment>> initializeTokenSegments(
      String processor,
      int count,
      @Nullable TrackingToken initial,
      @Nullable ProcessingContext context) {
    return transactions.run(session ->
        rows(session, processor)
            .flatMap(found -> {
              if (!found.isEmpty()) {
                return Uni.createFrom()
                    .failure(
                        new UnableToInitializeTokenException(
                            "tokens: " + processor + " (expected: none yet)"));
              }
              List<Segment> segments = Segment.splitBalanced(Segment.ROOT_SEGMENT, count - 1);
              Object[] rows =
                  segments.stream()
                      .map(segment ->
                          new TokenRow(
                              processor,
                              segment.getSegmentId(),
                              segment.getMask(),
                              position(initial)))
                      .toArray();
              return session.persistAll(rows).replaceWith(segments);
            }));
  }

  @Override
  public CompletableFuture<Void> storeToken(
      @Nullable TrackingToken token,
      String processor,
      int segment,
      @Nullable ProcessingContext context) {
    Batch batch = context == null ? null : context.getResource(Batch.KEY);
    return transactions
        .run(session ->
            advance(session, processor, segment, position(token))
                .flatMap(_ ->
                    batch == null
                        ? Uni.createFrom().item(List.<Views.Changed>of())
                        : batch.projection().apply(session, batch.events())))
        .thenAccept(changes::publish);
  }

  private Uni<Void> advance(Mutiny.Session session, String processor, int segment, long position) {
    return session
        .createMutationQuery(
            "update TokenRow t set t.position = :position, t.claimedAt = :now"
                + " where t.processor = :processor and t.segment = :segment and t.owner = :owner")
        .setParameter("position", position)
        .setParameter("now", Instant.now())
        .setParameter("processor", processor)
        .setParameter("segment", segment)
        .setParameter("owner", node)
        .executeUpdate()
        .flatMap(count ->
            count == 1
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(notOurs(processor, segment)));
  }

  @Override
  public CompletableFuture<TrackingToken> fetchToken(
      String processor, int segment, @Nullable ProcessingContext context) {
    return claimed(processor, segment, row -> new GlobalSequenceTrackingToken(row.position));
  }

  @Override
  public CompletableFuture<Void> extendClaim(
      String processor, int segment, @Nullable ProcessingContext context) {
    return claimed(processor, segment, _ -> null);
  }

  private <T> CompletableFuture<T> claimed(
      String processor, int segment, Function<TokenRow, @Nullable T> answer) {
    return transactions.run(session ->
        session
            .find(
                TokenRow.class,
                new TokenRow.Key(processor, segment),
                LockModeType.PESSIMISTIC_WRITE)
            .flatMap(row -> {
              Instant now = Instant.now();
              if (row == null || !row.claimableBy(node, now.minus(CLAIM))) {
                return Uni.createFrom().failure(notOurs(processor, segment));
              }
              row.owner = node;
              row.claimedAt = now;
              return Uni.createFrom().item(answer.apply(row));
            }));
  }

  @Override
  public CompletableFuture<Void> releaseClaim(
      String processor, int segment, @Nullable ProcessingContext context) {
    return transactions.run(session ->
        session
            .createMutationQuery(
                "update TokenRow t set t.owner = null where t.processor = :processor"
                    + " and t.segment = :segment and t.owner = :owner")
            .setParameter("processor", processor)
            .setParameter("segment", segment)
            .setParameter("owner", node)
            .executeUpdate()
            .replaceWithVoid());
  }

  @Override
  public CompletableFuture<Void> initializeSegment(
      @Nullable TrackingToken token,
      String processor,
      Segment segment,
      @Nullable ProcessingContext context) {
    return transactions.run(session ->
        session.persist(
            new TokenRow(processor, segment.getSegmentId(), segment.getMask(), position(token))));
  }

  @Override
  public CompletableFuture<Void> deleteToken(
      String processor, int segment, @Nullable ProcessingContext context) {
    return transactions.run(session ->
        session
            .createMutationQuery(
                "delete TokenRow t where t.processor = :processor and t.segment = :segment"
                    + " and t.owner = :owner")
            .setParameter("processor", processor)
            .setParameter("segment", segment)
            .setParameter("owner", node)
            .executeUpdate()
            .flatMap(count ->
                count == 1
                    ? Uni.createFrom().voidItem()
                    : Uni.createFrom().failure(notOurs(processor, segment))));
  }

  @Override
  public CompletableFuture<Segment> fetchSegment(
      String processor, int segment, @Nullable ProcessingContext context) {
    return transactions.run(session ->
        session
            .find(TokenRow.class, new TokenRow.Key(processor, segment))
            .map(row -> row == null ? null : new Segment(row.segment, row.mask)));
  }

  @Override
  public CompletableFuture<List<Segment>> fetchSegments(
      String processor, @Nullable ProcessingContext context) {
    return transactions.run(session ->
        rows(session, processor)
            .map(rows -> rows.stream().map(r -> new Segment(r.segment, r.mask)).toList()));
  }

  @Override
  public CompletableFuture<List<Segment>> fetchAvailableSegments(
      String processor, @Nullable ProcessingContext context) {
    Instant silentSince = Instant.now().minus(CLAIM);
    return transactions.run(session ->
        rows(session, processor)
            .map(rows ->
                rows.stream()
                    .filter(row -> row.claimableBy(node, silentSince))
                    .map(row -> new Segment(row.segment, row.mask))
                    .toList()));
  }

  @Override
  public CompletableFuture<String> retrieveStorageIdentifier(@Nullable ProcessingContext context) {
    return CompletableFuture.completedFuture("view");
  }

  /** The oldest position among a processor's segments; empty before it first ran. */
  CompletableFuture<List<Long>> positions(String processor) {
    return transactions.run(session ->
        rows(session, processor).map(rows -> rows.stream().map(r -> r.position).toList()));
  }

  /** Empties a view and sets its tokens back, in one transaction; its processor must be stopped. */
  CompletableFuture<Void> reset(Projection projection, @Nullable TrackingToken first) {
    Instant silentSince = Instant.now().minus(CLAIM);
    return transactions.run(session ->
        session
            .createQuery("from TokenRow t where t.processor = :name", TokenRow.class)
            .setParameter("name", projection.view())
            .setLockMode(LockModeType.PESSIMISTIC_WRITE)
            .getResultList()
            .flatMap(rows -> {
              for (TokenRow row : rows) {
                if (!row.claimableBy(node, silentSince)) {
                  return Uni.createFrom().failure(notOurs(row.processor, row.segment));
                }
                row.position = position(first);
                row.owner = null;
              }
              return projection.clear(session);
            }));
  }

  private static Uni<List<TokenRow>> rows(Mutiny.Session session, String processor) {
    return session
        .createQuery("from TokenRow t where t.processor = :name order by t.segment", TokenRow.class)
        .setParameter("name", processor)
        .getResultList();
  }

  private static long position(@Nullable TrackingToken token) {
    return token == null ? -1 : token.position().orElse(-1);
  }

  private static UnableToClaimTokenException notOurs(String processor, int segment) {
    return new UnableToClaimTokenException(
        "segment: " + processor + "/" + segment + " (expected: claimed by this process)");
  }
}
