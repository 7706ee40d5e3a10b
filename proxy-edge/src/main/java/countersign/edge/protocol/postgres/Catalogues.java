package countersign.edge.protocol.postgres;

import countersign.edge.grammar.Parsers;
import countersign.wire.postgres.sql.Catalogue;
import countersign.wire.postgres.sql.CatalogueRows;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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

  /** Reads rows from the target; completes on any thread. */
  interface Fetch {
    CompletableFuture<CatalogueRows> fetch();
  }

  /** One target's snapshot: at most one refresh at a time, and whoever needs it joins. */
  static final class Shared {
    private static final Logger LOG = Logger.getLogger(Shared.class);

    /** Older than this a snapshot is renewed in the background when somebody uses it. */
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Older than this it is not used any more. */
    private static final long OLD_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** A name that is not there, or a failure, asks again no sooner. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Key key;
    private volatile @Nullable Snapshot newest;
    private @Nullable CompletableFuture<@Nullable Snapshot> underWay;
    private long startedAt;

    /** Counts changes that passed through this edge. */
    private volatile long changes;

    private long changesAtStart;
    private boolean failed;

    /** A snapshot; {@code changes} passed before it was begun. */
    record Snapshot(Catalogue catalogue, long begun, long changes) {}

    Shared(Key key) {
      this.key = key;
    }

    /** Something that changes the catalogue passed: what was read before counts no more. */
    void changed() {
      synchronized (this) {
        changes++;
      }
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
     *
     * @return completes when there is a snapshot, or with null when it cannot be read
     */
    synchronized CompletableFuture<@Nullable Snapshot> refresh(
        Fetch fetch, Parsers parsers, int serverMajor) {
      CompletableFuture<@Nullable Snapshot> running = underWay;
      if (running != null) {
        return changesAtStart == changes
            ? running
            : running.thenCompose(_ -> refresh(fetch, parsers, serverMajor));
      }
      if (failed && System.nanoTime() - startedAt < AGAIN_NANOS) {
        return CompletableFuture.completedFuture(null);
      }
      startedAt = System.nanoTime();
      changesAtStart = changes;
      long begun = startedAt;
      long before = changes;
      CompletableFuture<@Nullable Snapshot> now = new CompletableFuture<>();
      underWay = now;
      var unused =
          fetch
              .fetch()
              .thenCompose(rows -> parsers.with(serverMajor, parser -> rows.judge(parser::parse)))
              .whenComplete((catalogue, failure) ->
                  ended(
                      now,
                      catalogue == null ? null : new Snapshot(catalogue, begun, before),
                      failure));
      return now;
    }

    private void ended(
        CompletableFuture<@Nullable Snapshot> now,
        @Nullable Snapshot snapshot,
        @Nullable Throwable failure) {
      synchronized (this) {
        underWay = null;
        failed = snapshot == null;
        if (snapshot != null) {
          newest = snapshot;
        }
      }
      if (snapshot == null) {
        LOG.warnf(
            "target=%s catalogue=unread why=%s",
            key.target(), failure == null ? "" : failure.getMessage());
      }
      now.complete(snapshot);
    }
  }
}
