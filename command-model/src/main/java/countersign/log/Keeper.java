package countersign.log;

import countersign.event.KeyScope;
import countersign.log.Integrity.Kind;
import countersign.log.Verification.Finding;
import countersign.port.Feed;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.LogRows;
import countersign.store.StoreSettings;
import countersign.store.Tags;
import countersign.store.Urgency;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Tile;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Grows the tree behind the appends and signs it, at most once a second and only when there is
 * something new that is not itself a checkpoint. A thread of its own; of all processes that share a
 * store only the one that holds the lease keeps and signs.
 *
 * <p>Before it signs anything after a start, and after every lost connection, it compares the store
 * with what was signed. While they differ it does not sign.
 */
final class Keeper implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Keeper.class);
  private static final String CHECKPOINT = "CheckpointSigned";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LEASE = 2 * SECOND;
  private static final long REFUSED = 30 * SECOND;
  private static final long TICK_MILLIS = 200;
  private static final int MOST = 16_384;

  /** Leaves before the signed size that are compared at a start; the watch compares the rest. */
  private static final int LOOKED_AT = 16_384;

  private final Tree tree;
  private final EventLog log;
  private final StoreSettings store;
  private final Problems problems;
  private final InstantSource clock;
  private final Consumer<Tree.Signed> signed;
  private final Semaphore news = new Semaphore(0);
  private final Feed.Subscription heads;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean keeping;
  private boolean unsigned;
  private boolean refused;
  private long signedAtNanos = System.nanoTime() - SECOND;

  Keeper(
      Tree tree,
      EventLog log,
      StoreSettings store,
      Problems problems,
      InstantSource clock,
      Consumer<Tree.Signed> signed) {
    this.tree = tree;
    this.log = log;
    this.store = store;
    this.problems = problems;
    this.clock = clock;
    this.signed = signed;
    this.heads = log.onHead(_ -> news.release());
    this.thread = Thread.ofPlatform().name("log-keeper").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Whether this process holds the lease and the tree follows the store. */
  boolean keeping() {
    return keeping;
  }

  private void run() {
    while (!closed) {
      refused = false;
      try (LogRows rows = LogRows.connect(store, "countersign log keeper")) {
        if (rows.lease()) {
          Finding wrong = compare(rows);
          tree.open();
          problems.set(Problems.Source.keeper, wrong == null ? List.of() : List.of(wrong));
          if (wrong == null) {
            keeping = true;
            keep(rows);
          } else {
            refused = true;
          }
        }
      } catch (SQLException | IOException | RuntimeException e) {
        if (!closed) {
          LOG.warnf("log=not kept error=%s", e.getMessage());
        }
      } catch (InterruptedException e) {
        return;
      }
      keeping = false;
      pause();
    }
  }

  /** Until the lease is asked for again, and longer while there is something wrong. */
  private void pause() {
    long end = System.nanoTime() + (refused ? REFUSED : LEASE);
    while (!closed && System.nanoTime() < end) {
      LockSupport.parkNanos(this, TICK_MILLIS * 1_000_000);
    }
  }

  /** What is wrong with the store, as far as the signer may not go on; null for nothing. */
  private @Nullable Finding compare(LogRows rows) throws SQLException, IOException {
    Tree.Signed last = tree.signed();
    if (last == null) {
      if (rows.hasOfLog(CHECKPOINT)) {
        return new Finding(
            Kind.signer,
            -1,
            "the store has signed checkpoints, and the signer's memory is gone (expected: the file"
                + " log/signed in the data directory; put the newest checkpoint there that an"
                + " auditor or a witness holds)");
      }
      tree.resume();
      return null;
    }
    long size = last.checkpoint().size();
    long stored = rows.size();
    if (stored < size) {
      return new Finding(
          Kind.rolledBack,
          stored,
          "the store was taken back: it holds %d events, and %d were signed; nothing is signed"
              .formatted(stored, size));
    }
    if (!tree.resume()) {
      LOG.infof("log=hashes are made again events=%d", size);
      Finding hole = grow(rows, size);
      if (hole != null) {
        return hole;
      }
      if (!tree.continuesSigned()) {
        return new Finding(
            Kind.replaced,
            -1,
            "the stored events are not those that were signed; nothing is signed");
      }
    }
    return newest(rows, size);
  }

  /** Compares the newest leaves that are signed: where a restored store begins to differ. */
  private @Nullable Finding newest(LogRows rows, long size) throws SQLException, IOException {
    long from = Math.max(0, size - LOOKED_AT) / Tile.FULL * Tile.FULL;
    while (from < size) {
      int width = (int) Math.min(Tile.FULL, size - from);
      byte[] kept = tree.read(new Tile(0, from / Tile.FULL, width));
      byte[] stored = rows.hashes(from, width, CHECKPOINT).hashes();
      int differs = Arrays.mismatch(kept, stored);
      if (differs >= 0) {
        long position = from + differs / Hash.LENGTH;
        return new Finding(
            Kind.replaced,
            position,
            "the store was taken back or changed: position %d is not what was signed; nothing is"
                    .formatted(position)
                + " signed");
      }
      from += width;
    }
    return null;
  }

  private void keep(LogRows rows) throws SQLException, IOException, InterruptedException {
    unsigned = false;
    while (!closed) {
      Finding hole = grow(rows, log.knownHead() + 1);
      if (hole != null) {
        problems.set(Problems.Source.keeper, List.of(hole));
        refused = true;
        return;
      }
      if (unsigned && System.nanoTime() - signedAtNanos >= SECOND) {
        sign();
      }
      if (unsigned) {
        Thread.sleep(TICK_MILLIS);
      } else if (news.tryAcquire(5, TimeUnit.SECONDS)) {
        news.drainPermits();
        // What one flight of appends brings is read together.
        Thread.sleep(5);
      }
    }
  }

  private @Nullable Finding grow(LogRows rows, long to) throws SQLException, IOException {
    while (tree.size() < to && !closed) {
      long from = tree.size();
      int most = (int) Math.min(MOST, to - from);
      Optional<LogRows.Hashes> recent = log.recentHashes(from, most, CHECKPOINT);
      LogRows.Hashes found =
          recent.isPresent() ? recent.get() : rows.hashes(from, most, CHECKPOINT);
      if (found.count() == 0) {
        return new Finding(
            Kind.missing,
            from,
            "no event stands at position %d, and later ones do; nothing is signed".formatted(from));
      }
      tree.grow(found.hashes());
      unsigned |= !found.onlyOf();
    }
    return null;
  }

  private void sign() throws IOException, InterruptedException {
    signedAtNanos = System.nanoTime();
    Instant now = clock.instant();
    Tree.Signed made = tree.sign(now);
    unsigned = false;
    String root = HexFormat.of().formatHex(made.checkpoint().root().bytes());
    LOG.infof(
        "checkpoint log=%s size=%d root=%s",
        made.checkpoint().origin(), made.checkpoint().size(), root);
    signed.accept(made);
    var event =
        new LogEvent.CheckpointSigned(
            made.checkpoint().origin(), made.checkpoint().size(), root, made.note(), now);
    try {
      log.append(
              new Item(
                  List.of(Draft.of(event, new KeyScope.OfStore(), Tags.of(event))),
                  null,
                  Urgency.control))
          .toCompletableFuture()
          .get(15, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The next checkpoint covers what this one does, and is said then.
      LOG.warnf(
          "checkpoint=not appended size=%d error=%s", made.checkpoint().size(), e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    heads.close();
    news.release();
    try {
      // Not interrupted at once: that would close the files below it.
      if (thread.isAlive() && !thread.join(Duration.ofSeconds(10))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
