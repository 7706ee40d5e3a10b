package countersign.log;

import countersign.port.AppendRefused;
import countersign.port.MerkleLog;
import countersign.store.EventLog;
import countersign.store.LogRows;
import countersign.store.StoreSettings;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Signer;
import countersign.verifier.tree.Tile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The log of this process: keeps the tree, signs it, shows it to witnesses, has it stamped, and
 * watches the stored events. Started after the store, closed before it.
 */
public final class LogKeeping implements MerkleLog, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LogKeeping.class);
  private static final long BETWEEN_PASSES_MILLIS = 60_000;
  private static final int LONGEST_ENTRY = 0xffff;
  private static final int READERS = 2;

  private final LogSettings settings;
  private final StoreSettings store;
  private final Signer signer;
  private final Tree tree;
  private final Problems problems;
  private final Keeper keeper;
  private final Watch watch;
  private final Witnesses witnesses;
  private final @Nullable Stamping stamping;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore reading = new Semaphore(READERS);
  private volatile @Nullable Instant signedAt;

  private LogKeeping(
      LogSettings settings,
      StoreSettings store,
      EventLog log,
      InstantSource clock,
      Signer signer,
      Tree tree,
      long betweenPassesMillis)
      throws IOException {
    this.settings = settings;
    this.store = store;
    this.signer = signer;
    this.tree = tree;
    this.problems = new Problems(log, signer.verifier().name(), clock);
    this.witnesses = new Witnesses(tree, settings, problems);
    this.keeper = new Keeper(tree, log, store, problems, clock, this::signed);
    this.watch = new Watch(tree, store, problems, clock, betweenPassesMillis);
    LogSettings.Timestamps authority = settings.timestamps();
    this.stamping =
        authority == null
            ? null
            : new Stamping(
                new StampAuthority(authority.url(), authority.chain(), authority.patience()),
                authority.every(),
                settings.directory(),
                witnesses::published);
  }

  /**
   * Starts everything.
   *
   * @param log the log, open; stays the caller's
   * @throws IOException with words for the operator: the key or what was signed cannot be read
   */
  public static LogKeeping start(
      LogSettings settings, StoreSettings store, EventLog log, InstantSource clock)
      throws IOException {
    return start(settings, store, log, clock, BETWEEN_PASSES_MILLIS);
  }

  /** The same with another rest between two passes of the watch. */
  static LogKeeping start(
      LogSettings settings,
      StoreSettings store,
      EventLog log,
      InstantSource clock,
      long betweenPassesMillis)
      throws IOException {
    Signer signer = LogIdentity.of(settings);
    Tree tree = Tree.open(settings.directory(), signer);
    LogKeeping keeping =
        new LogKeeping(settings, store, log, clock, signer, tree, betweenPassesMillis);
    keeping.keeper.start();
    keeping.watch.start();
    keeping.witnesses.start();
    if (keeping.stamping != null) {
      keeping.stamping.start();
    }
    return keeping;
  }

  private void signed(Tree.Signed signed) {
    signedAt = Instant.now();
    witnesses.signed(signed);
  }

  @Override
  public String vkey() {
    return signer.verifier().toString();
  }

  @Override
  public Optional<String> checkpoint() {
    return witnesses.published();
  }

  /** Whether as many witnesses cosigned a published checkpoint as must; true where none must. */
  public boolean cosigned(String checkpoint) {
    return witnesses.cosigned(checkpoint);
  }

  /**
   * Signs a statement about the log with the log's own key.
   *
   * @param statement pre-authentication encoding of DSSE: nothing that could be read as a
   *     checkpoint
   * @return 64 bytes of Ed25519
   */
  public byte[] sign(byte[] statement) {
    byte[] start = "DSSEv1 ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    if (java.util.Arrays.mismatch(start, statement) != start.length) {
      throw new IllegalArgumentException("statement: (expected: the encoding of DSSE)");
    }
    return signer.signBytes(statement);
  }

  /**
   * The policy by which this log is run (c2sp.org/tlog-policy): its key, its witnesses, how many of
   * them must cosign.
   *
   * @return empty while the keys of too few witnesses are known
   */
  public Optional<String> policy() {
    return witnesses.policy(vkey());
  }

  @Override
  public Optional<byte[]> tile(int level, long index, int width) {
    if (!covered(level, index, width)) {
      return Optional.empty();
    }
    try {
      return Optional.of(tree.read(new Tile(level, index, width)));
    } catch (IOException e) {
      LOG.warnf("tile=not read error=%s", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean covered(int level, long index, int width) {
    if (level < 0 || level > 7 || index < 0 || width < 1 || width > Tile.FULL) {
      return false;
    }
    long hashes = tree.signedSize() >>> (Tile.HEIGHT * level);
    return index < Long.MAX_VALUE / Tile.FULL - 1 && index * Tile.FULL + width <= hashes;
  }

  @Override
  public CompletionStage<Optional<byte[]>> entries(long index, int width) {
    if (!covered(0, index, width)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return CompletableFuture.supplyAsync(() -> read(index * Tile.FULL, width), readers);
  }

  private Optional<byte[]> read(long from, int width) {
    try {
      if (!reading.tryAcquire(5, TimeUnit.SECONDS)) {
        throw refused("too many readers");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused("interrupted");
    }
    try (LogRows rows = LogRows.connect(store, "countersign log entries")) {
      List<LogRows.Row> found = rows.rows(from, width);
      if (found.size() < width) {
        return Optional.empty();
      }
      ByteArrayOutputStream bundle = new ByteArrayOutputStream();
      for (LogRows.Row row : found) {
        byte[] entry = row.leaf().bytes();
        if (entry.length > LONGEST_ENTRY) {
          throw refused("an entry is longer than its format allows");
        }
        bundle.write(entry.length >> 8);
        bundle.write(entry.length);
        bundle.writeBytes(entry);
      }
      return Optional.of(bundle.toByteArray());
    } catch (SQLException | IOException e) {
      throw refused(e.getMessage());
    } finally {
      reading.release();
    }
  }

  private static AppendRefused refused(@Nullable String why) {
    return new AppendRefused(AppendRefused.Reason.storeDown, "store: " + why);
  }

  @Override
  public Optional<Stamped> stamped() {
    Stamping.Stamped stamped = stamping == null ? null : stamping.newest();
    return stamped == null
        ? Optional.empty()
        : Optional.of(new Stamped(stamped.checkpoint(), stamped.stamp().response()));
  }

  /**
   * Has a checkpoint stamped by the time stamping authority; blocks for its patience at most.
   *
   * @return empty when there is none, or it does not answer as it should
   */
  public Optional<BundleLog.Timestamp> stamp(String checkpoint) throws InterruptedException {
    return stamping == null ? Optional.empty() : stamping.stamp(checkpoint);
  }

  @Override
  public Integrity integrity() {
    List<Integrity.Problem> wrong = problems.all();
    Tree.Signed signed = tree.signed();
    Checkpoint head = signed == null ? null : signed.checkpoint();
    Stamping.Stamped stamped = stamping == null ? null : stamping.newest();
    Instant verifiedAt = watch.finishedAt();
    return new Integrity(
        !wrong.isEmpty()
            ? Integrity.State.problem
            : verifiedAt == null ? Integrity.State.checking : Integrity.State.ok,
        wrong,
        signer.verifier().name(),
        tree.size(),
        head == null ? 0 : head.size(),
        signedAt,
        watch.verified(),
        verifiedAt,
        settings.needed(),
        witnesses.standing(),
        stamped == null ? 0 : stamped.size());
  }

  @Override
  public void close() {
    if (stamping != null) {
      stamping.close();
    }
    watch.close();
    keeper.close();
    witnesses.close();
    readers.shutdown();
    try {
      tree.close();
    } catch (IOException e) {
      LOG.debug("tree=close", e);
    }
  }
}
