package countersign.store;

import countersign.event.TimeOrderedId;
import countersign.port.AppendRefused;
import countersign.port.AppendRefused.Reason;
import countersign.port.Feed;
import countersign.port.Recordings;
import countersign.retention.Forgetting;
import countersign.session.SessionId;
import countersign.store.group.Asked;
import countersign.store.group.DiskReserve;
import countersign.store.group.GroupCommit;
import countersign.store.group.Link;
import countersign.store.group.Pending;
import countersign.store.group.Row;
import countersign.store.sealing.KeyStore;
import countersign.store.sealing.MasterKey;
import countersign.store.sealing.RootKey;
import countersign.store.sealing.ScopeErased;
import countersign.store.sealing.SealedSecrets;
import countersign.store.sealing.Sealer;
import countersign.store.sealing.SealingKey;
import countersign.store.shape.EventTypes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/** The event log on PostgreSQL. {@link Migrations#run} comes first. */
public final class Store implements EventLog {
  private static final Logger LOG = Logger.getLogger(Store.class);
  private static final int MOST = 10_000;
  private static final int READERS = 4;
  private static final int READS_WAITING = 256;

  private final RootKey root;
  private final KeyStore keys;
  private final SealedSecrets secrets;
  private final Sealer sealer = new Sealer();
  private final Rows rows;
  private final Pool readers;
  private final Heads heads;
  private final HeadListener listener;
  private final GroupCommit writer;
  private final PartitionKeeper partitions;
  private final Tail tail = new Tail();
  private final ExecutorService opening = Executors.newVirtualThreadPerTaskExecutor();

  private Store(Vertx writing, Vertx reading, StoreSettings settings, RootKey root, KeyStore keys)
      throws IOException {
    this.root = root;
    this.keys = keys;
    this.secrets = SealedSecrets.open(settings.keyDirectory(), root);
    this.rows = new Rows(new EventTypes(), keys, sealer);
    char[] password = Migrations.appendPassword(root);
    Connections reads = new Connections(reading, settings, password);
    Connections writes = new Connections(writing, settings, password);
    UUID id = TimeOrderedId.next();
    String name = "countersign " + id;
    this.readers =
        PgBuilder.pool()
            .with(
                new PoolOptions()
                    .setMaxSize(READERS)
                    .setMaxWaitQueueSize(READS_WAITING)
                    .setConnectionTimeout(5)
                    .setConnectionTimeoutUnit(TimeUnit.SECONDS))
            .connectingTo(reads.reader(name + " reads"))
            .using(reading)
            .build();
    this.heads = new Heads(reading);
    this.listener =
        new HeadListener(reading, reading.getOrCreateContext(), reads, name + " listens", heads);
    this.partitions = new PartitionKeeper(settings);
    StoreLimits limits = settings.limits();
    this.writer =
        new GroupCommit(
            writing,
            id,
            name,
            () -> connect(writes, name),
            limits,
            new DiskReserve(
                settings.dataDirectory(), limits.diskReserveBytes(), limits.diskReserveShare()),
            this::committed);
  }

  /** What stands behind a new connection may not be the store that was there before. */
  private Future<Link> connect(Connections writes, String name) {
    tail.forget();
    return writes.open(writes.writer(name)).compose(Link::prepare);
  }

  /**
   * Opens the log; blocks until the database answered once.
   *
   * @param vertx whose event loops carry the connections; stays the caller's
   * @throws IOException with a message for the operator: the database does not answer or is not
   *     durable, or the keys cannot be read
   */
  public static Store open(StoreSettings settings, Vertx vertx) throws IOException {
    return open(settings, vertx, vertx);
  }

  /**
   * Opens the log as {@link #open(StoreSettings, Vertx)} does, its writer on event loops of its
   * own: nobody who reads, and nothing else that runs where reading does, delays an append.
   *
   * @param writing whose event loop carries the writer
   * @param reading whose event loops carry everything else
   * @throws IOException with a message for the operator
   */
  public static Store open(StoreSettings settings, Vertx writing, Vertx reading)
      throws IOException {
    MasterKey master = settings.openMaster();
    KeyStore keys = KeyStore.open(settings.keyDirectory(), master);
    Store store =
        new Store(writing, reading, settings, RootKey.open(settings.keyDirectory(), master), keys);
    try {
      store.heads.advance(store.head().toCompletableFuture().get(10, TimeUnit.SECONDS));
      return store;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      store.close();
      throw new IOException("store: does not answer at " + settings + ": " + reason(e), e);
    } catch (InterruptedException e) {
      store.close();
      Thread.currentThread().interrupt();
      throw new IOException("store: interrupted", e);
    }
  }

  /**
   * Derives a key of this store's for one purpose; it stays the same over restarts.
   *
   * @return 32 bytes, the caller's own
   */
  public byte[] derivedKey(String purpose) {
    return root.derive(purpose);
  }

  @Override
  public CompletionStage<Long> append(Item item) {
    Instant now = Instant.now();
    List<Row> made = new ArrayList<>(item.drafts().size());
    Set<SealingKey> fresh = new LinkedHashSet<>();
    for (Draft draft : item.drafts()) {
      List<String> tags = Asked.requireTags(draft.tags());
      Rows.Made row;
      try {
        row = rows.make(draft, TimeOrderedId.next(), now, tags);
      } catch (ScopeErased gone) {
        return CompletableFuture.failedFuture(
            new AppendRefused(Reason.erased, String.valueOf(gone.getMessage())));
      }
      made.add(row.row());
      SealingKey key = row.key();
      if (key != null && notDurable(key, draft)) {
        fresh.add(key);
      }
    }
    Condition condition = item.condition();
    Pending pending =
        new Pending(
            made,
            item.urgency(),
            condition == null ? -1 : condition.after(),
            condition == null ? List.of() : condition.criteria().stream().map(Asked::of).toList(),
            CompletableFuture.allOf(
                fresh.stream().map(SealingKey::durable).toArray(CompletableFuture<?>[]::new)));
    return writer
        .append(pending)
        .whenComplete((first, failure) -> {
          if (failure == null) {
            keep(item, made, first);
          }
        });
  }

  private void keep(Item item, List<Row> made, long first) {
    for (int i = 0; i < made.size(); i++) {
      Row row = made.get(i);
      tail.add(Rows.stored(first + i, row, item.drafts().get(i)), row.leaf(), row.bytes());
    }
  }

  private boolean notDurable(SealingKey key, Draft draft) {
    if (key.durable().isCompletedExceptionally()) {
      keys.forget(draft.scope(), key);
    }
    return !key.durable().isDone() || key.durable().isCompletedExceptionally();
  }

  @Override
  public CompletionStage<List<StoredEvent>> read(long from, int limit, List<Criterion> criteria) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MOST + ")");
    }
    return select(Selection.of(from, limit, criteria));
  }

  @Override
  public CompletionStage<Optional<StoredEvent>> newest(Criterion criterion) {
    return select(Selection.newest(criterion)).thenApply(found -> found.stream().findFirst());
  }

  @Override
  public CompletionStage<List<StoredEvent>> follow(long from, int limit, List<Criterion> criteria) {
    return tail.read(from, limit, criteria, heads.known())
        .<CompletionStage<List<StoredEvent>>>map(CompletableFuture::completedFuture)
        .orElseGet(() -> select(Selection.withoutFrames(from, limit, criteria)));
  }

  @Override
  public Optional<LogRows.Hashes> recentHashes(long from, int most, String type) {
    return tail.hashes(from, most, type);
  }

  private CompletionStage<List<StoredEvent>> select(Selection selection) {
    return readers
        .preparedQuery(selection.sql())
        .execute(selection.arguments())
        .toCompletionStage()
        .exceptionally(Store::down)
        .thenApplyAsync(this::open, opening);
  }

  private List<StoredEvent> open(RowSet<io.vertx.sqlclient.Row> found) {
    List<StoredEvent> events = new ArrayList<>(found.size());
    found.forEach(row -> events.add(rows.read(row)));
    return events;
  }

  @Override
  public CompletionStage<Long> head() {
    return readers
        .query(HeadListener.HEAD)
        .execute()
        .map(found -> found.iterator().next().getLong(0))
        .onSuccess(heads::advance)
        .toCompletionStage()
        .exceptionally(Store::down);
  }

  @Override
  public long knownHead() {
    return heads.known();
  }

  @Override
  public Feed.Subscription onHead(LongConsumer newHead) {
    return heads.listen(newHead);
  }

  @Override
  public String blinded(String words) {
    return HexFormat.of().formatHex(root.derive("countersign/blinded/v1 " + words));
  }

  /** The recordings in this log. */
  public Recordings recordings() {
    return new StoredRecordings(this);
  }

  /** The keys that seal this log. */
  public KeyStore keys() {
    return keys;
  }

  /** The credentials that people set. */
  public SealedSecrets secrets() {
    return secrets;
  }

  /** The rows of this log, for evidence. */
  public RawEvents raw() {
    return new RawEvents(readers, keys, sealer);
  }

  private void committed(long head) {
    heads.advance(head);
    partitions.reached(head);
  }

  private static <T> T down(Throwable why) {
    LOG.warnf("read=failed error=%s", why.getMessage());
    throw new AppendRefused(Reason.storeDown, "store: does not answer: " + why.getMessage());
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** The newest events as this process holds them in memory: they are dropped, all of them. */
  public Forgetting recent() {
    return new Forgetting() {
      @Override
      public String name() {
        return "recent-events";
      }

      @Override
      public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
        tail.forget();
        return CompletableFuture.completedFuture(null);
      }
    };
  }

  @Override
  public void close() {
    writer.close();
    listener.close();
    partitions.close();
    readers.close().onFailure(e -> LOG.debug("read=close", e));
    opening.shutdown();
    keys.close();
  }
}
