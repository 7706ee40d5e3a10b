package countersign.edge.protocol.postgres;

import countersign.edge.grammar.Parsers;
import countersign.edge.mask.Columns;
import countersign.wire.postgres.sql.Catalogue;
import countersign.wire.postgres.sql.CatalogueRows;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The catalogues of the targets, one snapshot for each target, database and login, shared by all
 * sessions. Thread-safe.
 */
final class Catalogues {
  private final Map<Key, Shared> all = new ConcurrentHashMap<>();

  /** What a snapshot belongs to. */
  record Key(String target, String host, int port, String database, String login) {}

  Shared of(Key key) {
    return all.computeIfAbsent(key, Shared::new);
  }

  /**
   * Reads rows from the target; completes on any thread. What asks may be gone before anything was
   * sent: {@link Gone}.
   */
  interface Fetch {
    CompletableFuture<CatalogueRows> fetch();
  }

  /** Nothing was asked: the session that was to write it down has ended. Somebody else may ask. */
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;

    Gone() {
      super("the session that asked has ended", null, false, false);
    }
  }

  /** One target's snapshot: at most one refresh at a time, and whoever needs it joins. */
  static final class Shared {
    private static final Logger LOG = Logger.getLogger(Shared.class);

    /** Older than this a snapshot is renewed in the background when somebody uses it. */
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Older than this it is not used any more. */
    private static final long OLD_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Reading and judging it takes no longer, whatever hangs. */
    private static final long MOST_SECONDS = 60;

    /** A name that is not there, or a failure, asks again no sooner. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Key key;
    private volatile @Nullable Snapshot newest;
    private volatile @Nullable Masked masked;
    private @Nullable CompletableFuture<Result> underWay;
    private long startedAt;

    /** Counts changes that passed through this edge. */
    private volatile long changes;

    private final AtomicInteger underChange = new AtomicInteger();
    private long changesAtStart;
    private boolean failed;

    /** A snapshot; {@code changes} passed before it was begun. */
    record Snapshot(Catalogue catalogue, long begun, long changes) {}

    /** How a reading went; {@code gone}: nobody was left to ask in the name of. */
    private record Result(@Nullable Snapshot snapshot, boolean gone) {}

    Shared(Key key) {
      this.key = key;
    }

    /** Something that changes the catalogue passed: what was read before counts no more. */
    void changed() {
      synchronized (this) {
        changes++;
      }
    }

    /** Something is under way that may redefine what names stand for, at a moment nobody sees. */
    void begun() {
      underChange.incrementAndGet();
    }

    /** It is over. */
    void over() {
      underChange.decrementAndGet();
    }

    /** Whether anything like that is under way. */
    boolean changing() {
      return underChange.get() > 0;
    }

    /** Changes that passed so far. */
    long changes() {
      return changes;
    }

    /** The snapshot as it may be used now; null when it must be read first. */
    @Nullable Catalogue usable() {
      Snapshot snapshot = newest;
      return snapshot != null
              && snapshot.changes == changes
              && System.nanoTime() - snapshot.begun < OLD_NANOS
          ? snapshot.catalogue
          : null;
    }

    /** Whether it is time to renew it although it may be used. */
    boolean ages() {
      Snapshot snapshot = newest;
      return snapshot != null && System.nanoTime() - snapshot.begun > RENEW_NANOS;
    }

    /** Whether a name that is missing may be there in a newer one. */
    synchronized boolean mayHaveMore() {
      return System.nanoTime() - startedAt > AGAIN_NANOS;
    }

    /**
     * Reads the catalogue, or joins who reads it already if nothing has changed since that began.
     * The reading goes on when the session that asked ends.
     *
     * @param rules rules over columns, whose masks are found before the snapshot is used
     * @return completes when there is a snapshot, or with null when it cannot be read
     */
    CompletableFuture<@Nullable Snapshot> refresh(
        Fetch fetch, Parsers parsers, int serverMajor, List<Columns.Rule> rules) {
      CompletableFuture<Result> begun;
      long at;
      long before;
      synchronized (this) {
        CompletableFuture<Result> running = underWay;
        if (running != null) {
          boolean same = changesAtStart == changes;
          return running.thenCompose(result ->
              same && !result.gone()
                  ? CompletableFuture.completedFuture(result.snapshot())
                  : refresh(fetch, parsers, serverMajor, rules));
        }
        if (failed && System.nanoTime() - startedAt < AGAIN_NANOS) {
          return CompletableFuture.completedFuture(null);
        }
        at = System.nanoTime();
        before = changes;
        startedAt = at;
        changesAtStart = before;
        begun = new CompletableFuture<>();
        underWay = begun;
      }
      var unused =
          fetch
              .fetch()
              .thenCompose(rows ->
                  parsers.with(serverMajor, parser -> judged(rows.judge(parser::parse), rules)))
              .orTimeout(MOST_SECONDS, TimeUnit.SECONDS)
              .whenComplete((catalogue, failure) ->
                  ended(
                      begun,
                      catalogue == null ? null : new Snapshot(catalogue, at, before),
                      failure));
      return begun.thenApply(Result::snapshot);
    }

    private Catalogue judged(Catalogue catalogue, List<Columns.Rule> rules) {
      var unused = columns(catalogue, rules);
      return catalogue;
    }

    /** The masked columns of a catalogue; found once and kept for the newest catalogue. */
    Columns columns(Catalogue catalogue, List<Columns.Rule> rules) {
      Masked known = masked;
      if (known != null && known.catalogue == catalogue && known.rules.equals(rules)) {
        return known.columns;
      }
      Columns columns = new Columns(catalogue, rules);
      masked = new Masked(catalogue, rules, columns);
      return columns;
    }

    private record Masked(Catalogue catalogue, List<Columns.Rule> rules, Columns columns) {}

    private void ended(
        CompletableFuture<Result> reading,
        @Nullable Snapshot snapshot,
        @Nullable Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
      boolean gone = cause instanceof Gone;
      synchronized (this) {
        underWay = null;
        failed = snapshot == null && !gone;
        if (snapshot != null) {
          newest = snapshot;
        }
      }
      if (snapshot == null && !gone) {
        LOG.warnf("target=%s catalogue=unread why=%s", key.target(), cause);
      }
      reading.complete(new Result(snapshot, gone));
    }
  }
}
