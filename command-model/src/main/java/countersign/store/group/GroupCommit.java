package countersign.store.group;

import static java.util.stream.Collectors.toCollection;

import countersign.port.AppendRefused;
import countersign.port.AppendRefused.Reason;
import countersign.store.StoreLimits;
import countersign.store.Urgency;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of this process. Items arrive from any thread; everything else happens on one
 * Vert.x context, so the state below needs no lock.
 *
 * <p>A connection that is lost with batches in flight leaves their outcomes unknown: the next
 * connection first ends the old one on the server, then looks each batch up in order, and only
 * sends it again (under the same number, which can be stored once only) when it is not there.
 */
public final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(GroupCommit.class);
  private static final long TICK_MILLIS = 50;
  private static final long FIRST_BACKOFF_MILLIS = 20;
  private static final long LAST_BACKOFF_MILLIS = 2_000;
  private static final long RESOLVE_SECONDS = 10;

  private final Vertx vertx;
  private final Context context;
  private final Supplier<Future<Link>> connect;
  private final StoreLimits limits;
  private final DiskReserve reserve;
  private final LongConsumer onCommit;
  private final UUID writer;
  private final String writerName;

  private final AtomicLong waitingBytes = new AtomicLong();
  private final Queue<Pending> arrivals = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile boolean closed;
  private volatile boolean keyFailed;

  private final Lanes lanes;
  private final Deque<Pending> alone = new ArrayDeque<>();
  private final Gathering gathering = new Gathering();
  private final Notices notices = new Notices();
  private final Places places = new Places();
  private @Nullable Link link;
  private final Flights flights = new Flights();
  private final Deque<Batch> unresolved = new ArrayDeque<>();
  private boolean connecting;
  private long backoff = FIRST_BACKOFF_MILLIS;
  private long batches;
  private final long ticker;

  /**
   * Makes the writer.
   *
   * @param writer its id, never used before
   * @param writerName what its connections are called on the server
   * @param connect opens the connection
   * @param reserve the disk's
   * @param onCommit hears each new head after its commit
   */
  public GroupCommit(
      Vertx vertx,
      UUID writer,
      String writerName,
      Supplier<Future<Link>> connect,
      StoreLimits limits,
      DiskReserve reserve,
      LongConsumer onCommit) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.writer = writer;
    this.writerName = writerName;
    this.connect = connect;
    this.limits = limits;
    this.reserve = reserve;
    this.onCommit = onCommit;
    this.lanes = new Lanes(limits.batchBytes(), limits.waitingBytesPerSession(), System::nanoTime);
    this.ticker = vertx.setPeriodic(TICK_MILLIS, _ -> context.runOnContext(_ -> tick()));
    context.runOnContext(_ -> reconnect());
  }

  /** Takes an item in, from any thread. Its answer comes through {@link Pending#answer}. */
  public CompletableFuture<Long> append(Pending item) {
    if (item.bytes > limits.itemBytes()) {
      item.refuse(
          Reason.tooLarge,
          "item: " + item.bytes + " bytes (expected: at most " + limits.itemBytes() + ")");
    } else if (item.urgency != Urgency.control && reserve.reached()) {
      item.refuse(Reason.diskReserve, reserve.words());
    } else if (waitingBytes.addAndGet(item.bytes) > limits.waitingBytes()) {
      waitingBytes.addAndGet(-item.bytes);
      item.refuse(Reason.overloaded, "store: " + limits.waitingBytes() + " bytes wait already");
    } else {
      arrivals.add(item);
      wake();
    }
    return item.answer;
  }

  /** Looks at what waits, soon. */
  private void wake() {
    if (signalled.compareAndSet(false, true)) {
      context.runOnContext(_ -> drain());
    }
  }

  private void drain() {
    signalled.set(false);
    takeArrivals();
    pump();
  }

  private void takeArrivals() {
    for (Pending item = arrivals.poll(); item != null; item = arrivals.poll()) {
      take(item);
    }
  }

  /**
   * Refuses an item, and everything that waits with a later number of its session: that came before
   * its sender could know, and would be refused as a hole, one by one. Who hears and sends again
   * comes after this.
   */
  private void refuse(Pending item, Reason reason, String why) {
    List<Pending> behind = behind(item);
    item.refuse(reason, why);
    Reason theirs = reason == Reason.condition ? Reason.sequence : reason;
    for (Pending each : behind) {
      each.refuse(
          theirs,
          "session " + each.session + ": " + each.firstSeq + " stands behind a refused event");
    }
  }

  private void refuseAll(List<Pending> items, Reason reason, String why) {
    items.forEach(item -> refuse(item, reason, why));
  }

  /** Takes out what stands behind an item. */
  private List<Pending> behind(Pending item) {
    if (item.session == null) {
      return List.of();
    }
    takeArrivals();
    List<Pending> behind =
        alone.stream().filter(item::isBefore).collect(toCollection(ArrayList::new));
    alone.removeIf(item::isBefore);
    behind.addAll(lanes.removeBehind(item));
    return behind;
  }

  private void take(Pending item) {
    var _ = item.answer.whenComplete((_, _) -> waitingBytes.addAndGet(-item.bytes));
    if (closed) {
      item.refuse(Reason.storeDown, "store: closed");
    } else if (!lanes.offer(item)) {
      item.refuse(
          Reason.overloaded,
          "session "
              + item.session
              + ": "
              + limits.waitingBytesPerSession()
              + " bytes wait already");
    } else if (!item.ready.isDone()) {
      var _ = item.ready.whenComplete((_, failed) -> keyArrived(failed));
    } else if (item.ready.isCompletedExceptionally()) {
      keyFailed = true;
    }
  }

  private void keyArrived(@Nullable Throwable failed) {
    if (failed != null) {
      keyFailed = true;
    }
    wake();
  }

  private void pump() {
    Link open = link;
    if (open == null || !unresolved.isEmpty() || closed || !flights.admits(lanes.size())) {
      return;
    }
    if (flights.isEmpty() && gathering.waits(lanes.size(), System.nanoTime())) {
      Thread.yield(); // to those who are about to come
      wake();
      return;
    }
    refuseWhatCannotGo();
    List<Pending> items = next();
    if (!items.isEmpty()) {
      fly(open, new Batch(batches++, items, System.nanoTime()));
    }
  }

  private List<Pending> next() {
    if (alone.isEmpty()) {
      return lanes.next(flights.sessions());
    }
    return flights.isEmpty() ? List.of(alone.remove()) : List.of();
  }

  private void refuseWhatCannotGo() {
    if (lanes.isEmpty()) {
      return;
    }
    if (keyFailed) {
      keyFailed = false;
      refuseAll(
          lanes.remove(item -> item.ready.isCompletedExceptionally()),
          Reason.storeDown,
          "store: the event's key cannot be written");
    }
    if (reserve.reached()) {
      refuseAll(
          lanes.remove(item -> item.urgency != Urgency.control),
          Reason.diskReserve,
          reserve.words());
    }
  }

  private void fly(Link open, Batch batch) {
    flights.add(batch);
    boolean notify = notices.due(System.nanoTime());
    open.fly(writer, batch, notify, places)
        .onComplete(landed -> {
          if (!flights.remove(batch)) {
            return; // given up meanwhile; what became of it is looked up
          }
          if (landed.succeeded()) {
            land(batch, landed.result(), notify);
          } else if (landed.cause() instanceof PgException error && !isEnd(error)) {
            fail(open, batch, error);
          } else {
            unresolved.add(batch);
            lose(landed.cause());
          }
        });
  }

  private void land(Batch batch, Batch.Judged judged, boolean notified) {
    backoff = FIRST_BACKOFF_MILLIS;
    long now = System.nanoTime();
    places.landed(batch, judged);
    if (judged.accepted() > 0) {
      onCommit.accept(judged.head());
      if (notices.committed(notified, judged.head(), now)) {
        notifyLater();
      }
    }
    if (judged.rejected().isEmpty()) {
      drain(); // who waits goes before anybody is answered: the server has nothing to do
    }
    batch.answer(judged, this::refuse);
    if (flights.isEmpty()) {
      gathering.landed(batch.items().size(), now - batch.since(), now);
    }
    drain();
  }

  private void notifyLater() {
    vertx.setTimer(Notices.INTERVAL_MILLIS, _ -> context.runOnContext(_ -> notifyOwed()));
  }

  private void notifyOwed() {
    Link open = link;
    if (!notices.isOwed() || closed) {
      return;
    }
    if (open == null || !flights.isEmpty() || !notices.due(System.nanoTime())) {
      notifyLater(); // or the next batch does
      return;
    }
    open.tell(notices.settle(System.nanoTime()))
        .onFailure(e -> LOG.debugf("append=notice lost error=%s", e.getMessage()));
  }

  /** The server refused the statement and rolled back: find the item it is about. */
  private void fail(Link open, Batch batch, PgException error) {
    String state = String.valueOf(error.getSqlState());
    boolean known = places.forget(batch);
    if (state.equals(BatchSql.OTHER_PARTITION)) {
      fly(open, batch); // now every session's last event is looked for
      return;
    }
    LOG.errorf(
        "append=failed batch=%d items=%d sqlstate=%s constraint=%s",
        (Object) batch.number(), batch.items().size(), state, error.getConstraint());
    if ("appended_pkey".equals(error.getConstraint())) {
      unresolved.add(batch); // an answer we thought lost did commit
      resolve(open);
      return;
    }
    if (state.startsWith("53")) {
      refuseAll(batch.items(), Reason.diskReserve, "store: out of resources, SQLSTATE " + state);
    } else if (batch.items().size() == 1 && !known) {
      refuseAll(batch.items(), Reason.storeDown, "store: rejected the item, SQLSTATE " + state);
    } else {
      alone.addAll(batch.items());
    }
    pump();
  }

  /** Classes 57 (shutdown) and 08 (connection) end the connection after the error. */
  private static boolean isEnd(PgException error) {
    String state = String.valueOf(error.getSqlState());
    return state.startsWith("57") || state.startsWith("08") || "FATAL".equals(error.getSeverity());
  }

  private void lose(Throwable why) {
    unresolved.addAll(flights.removeAll());
    LOG.warnf(
        "append=connection lost batches=%d error=%s", (Object) unresolved.size(), why.getMessage());
    drop();
    reconnect();
  }

  private void drop() {
    Link old = link;
    link = null;
    if (old != null) {
      old.close().onFailure(e -> LOG.debugf("append=close error=%s", e.getMessage()));
    }
  }

  private void reconnect() {
    if (connecting || closed) {
      return;
    }
    connecting = true;
    connect
        .get()
        .onComplete(made -> {
          connecting = false;
          if (made.failed()) {
            LOG.warnf("append=not connected error=%s", made.cause().getMessage());
            later();
          } else if (closed) {
            made.result().close().onFailure(e -> LOG.debug("append=close", e));
          } else {
            connected(made.result());
          }
        });
  }

  private void later() {
    vertx.setTimer(backoff, _ -> context.runOnContext(_ -> reconnect()));
    backoff = Math.min(LAST_BACKOFF_MILLIS, backoff * 2);
  }

  private void connected(Link made) {
    link = made;
    places.forget(); // the store may have been taken back meanwhile
    made.onEnd(() -> ended(made));
    if (unresolved.isEmpty()) {
      pump();
    } else {
      resolve(made);
    }
  }

  /** A connection that ends with a batch in flight is noticed by the batch. */
  private void ended(Link gone) {
    context.runOnContext(_ -> {
      if (link == gone && flights.isEmpty()) {
        link = null;
        reconnect();
      }
    });
  }

  /** Finds out about the first one of which nobody knows. */
  private void resolve(Link open) {
    Batch batch = unresolved.getFirst();
    open.endOthers(writerName)
        .compose(gone ->
            gone
                ? open.find(writer, batch.number())
                : Future.failedFuture("the old connection is still there"))
        .timeout(RESOLVE_SECONDS, TimeUnit.SECONDS)
        .onComplete(looked -> {
          if (unresolved.peek() != batch || link != open) {
            return;
          }
          if (looked.failed()) {
            LOG.warnf("append=unresolved error=%s", looked.cause().getMessage());
            drop();
            later();
            return;
          }
          unresolved.remove();
          settle(open, batch, looked.result());
        });
  }

  private void settle(Link open, Batch batch, java.util.Map<UUID, Long> found) {
    LOG.infof("append=resolved batch=%d committed=%s", (Object) batch.number(), !found.isEmpty());
    if (found.isEmpty()) {
      for (Pending late : batch.answered()) {
        refuseAll(behind(late), Reason.storeDown, "store: an event before it was not answered");
      }
      Batch again = batch.unanswered(System.nanoTime());
      if (!again.items().isEmpty()) {
        fly(open, again);
      }
    } else {
      found.values().stream().mapToLong(Long::longValue).max().ifPresent(onCommit);
      batch.answer(found, this::refuse);
    }
    if (unresolved.isEmpty()) {
      drain();
    } else {
      resolve(open);
    }
  }

  /** Nobody waits longer than he was promised. */
  private void tick() {
    long now = System.nanoTime();
    long patience = limits.answer().toNanos();
    String words = "store: no answer within " + limits.answer().toMillis() + " ms";
    Batch first = flights.first();
    if (first != null && now - first.since() > patience) {
      lose(new AppendRefused(Reason.storeDown, words));
    }
    unresolved.forEach(batch -> refuseLate(batch.items(), now, patience, words));
    flights.list().forEach(batch -> refuseLate(batch.items(), now, patience, words));
    refuseAll(lanes.remove(item -> now - item.since > patience), Reason.storeDown, words);
    pump();
  }

  private static void refuseLate(Iterable<Pending> items, long now, long patience, String words) {
    for (Pending item : items) {
      if (now - item.since > patience) {
        item.refuse(Reason.storeDown, words);
      }
    }
  }

  /** Refuses what waits; a batch in flight still gets its answer, for at most two seconds. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    vertx.cancelTimer(ticker);
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.runOnContext(_ -> finish(done, System.nanoTime() + 2_000_000_000L));
    try {
      done.get(4, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.warnf("append=not closed in order error=%s", e.getMessage());
    }
  }

  private void finish(CompletableFuture<Void> done, long until) {
    drain();
    alone.forEach(item -> item.refuse(Reason.storeDown, "store: closed"));
    alone.clear();
    lanes.remove(_ -> true).forEach(item -> item.refuse(Reason.storeDown, "store: closed"));
    if (!flights.isEmpty() && System.nanoTime() < until) {
      vertx.setTimer(10, _ -> context.runOnContext(_ -> finish(done, until)));
      return;
    }
    unresolved.addAll(flights.removeAll());
    for (Batch batch : unresolved) {
      batch
          .items()
          .forEach(item -> item.refuse(Reason.storeDown, "store: closed before it answered"));
    }
    Link open = link;
    link = null;
    Future<Void> closing = open == null ? Future.succeededFuture() : open.close();
    closing.onComplete(_ -> done.complete(null));
  }
}
