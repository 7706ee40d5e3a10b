package countersign.store;

import countersign.port.AppendRefused;
import countersign.store.sealing.KeyStore;
import countersign.store.sealing.Sealer;
import countersign.store.sealing.SealingKey;
import countersign.verifier.Leaf;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the log for evidence: many at a time, with what their leaves are made of. Blocking,
 * each call at most a minute; thread-safe. Fails with {@link AppendRefused} when the store does not
 * answer.
 */
public final class RawEvents {
  /** Most positions of one {@link #at}. */
  public static final int MOST = 10_000;

  private static final long BYTES = 8L << 20;
  private static final int SECONDS = 60;
  private static final byte[] NOTHING = new byte[0];

  private static final String ROWS =
      """
      select e.position, e.id, e.type, e.version, e.session, e.session_seq, e.at, e.clear,
             e.commitment, e.key_id, %s
      from (
        select r.*, sum(%s) over (order by r.position) - %s as before
        from (select * from log.events where %s order by position limit %d) r) e
      where e.before < %d order by e.position
      """;

  private final Pool pool;
  private final KeyStore keys;
  private final Sealer sealer;

  RawEvents(Pool pool, KeyStore keys, Sealer sealer) {
    this.pool = pool;
    this.keys = keys;
    this.sealer = sealer;
  }

  /**
   * Reads rows of consecutive positions.
   *
   * @param sealed whether sealed bytes are wanted; otherwise the database hashes them
   * @return at least one of them unless there is none, and not more than fits into memory: ask
   *     again from behind the last
   */
  public List<StoredRow> range(long from, long to, boolean sealed) {
    return rows("position >= $1 and position < $2", sealed, Tuple.of(from, to));
  }

  /** The same for these positions, at most {@link #MOST}; the first of them that fit. */
  public List<StoredRow> at(long[] positions, boolean sealed) {
    return rows("position = any($1)", sealed, Tuple.tuple().addArrayOfLong(boxed(positions)));
  }

  private List<StoredRow> rows(String which, boolean sealed, Tuple arguments) {
    String weight = sealed ? "octet_length(r.sealed) + 1000" : "1000";
    String sql =
        ROWS.formatted(
            sealed ? "e.sealed" : "sha256(e.sealed)", weight, weight, which, MOST, BYTES);
    List<StoredRow> found = new ArrayList<>();
    MessageDigest sha = sha256();
    for (Row row : ask(sql, arguments)) {
      found.add(row(row, sealed, sha));
    }
    return found;
  }

  private static StoredRow row(Row row, boolean sealed, MessageDigest sha) {
    byte[] clear = row.getString(7).getBytes(StandardCharsets.UTF_8);
    Buffer commitment = row.getBuffer(8);
    byte[] last = row.getBuffer(10).getBytes();
    UUID session = row.getUUID(4);
    Leaf leaf =
        new Leaf(
            row.getUUID(1),
            row.getString(2),
            row.getInteger(3),
            session,
            session == null ? -1 : row.getLong(5),
            row.getOffsetDateTime(6).toInstant(),
            sha.digest(clear),
            sealed ? sha.digest(last) : last,
            commitment == null ? NOTHING : commitment.getBytes());
    return new StoredRow(row.getLong(0), leaf, clear, sealed ? last : NOTHING, row.getUUID(9));
  }

  /** Whether the key of a row is there; true also when nothing of it is sealed. */
  public boolean hasKey(StoredRow row) {
    return row.keyId() == null || keys.find(row.keyId()).isPresent();
  }

  /** The row's own key, 32 bytes, which opens nothing else; empty when its key is gone. */
  public Optional<byte[]> eventKey(StoredRow row) {
    return key(row).map(key -> sealer.eventKey(key, row.envelope()));
  }

  /** The row's sealed half, opened; empty when its key is gone or the bytes do not open. */
  public Optional<byte[]> opened(StoredRow row) {
    return key(row).flatMap(key -> sealer.open(key, row.envelope(), row.sealed()));
  }

  private Optional<SealingKey> key(StoredRow row) {
    return row.keyId() == null ? Optional.empty() : keys.find(row.keyId());
  }

  /** Positions of all events in the sequences of these sessions, rising. */
  public long[] ofSessions(Collection<UUID> sessions, long before) {
    return positions(
        "select position from log.session_events where session = any($1) and position < $2"
            + " order by position",
        Tuple.tuple().addArrayOfUUID(sessions.toArray(UUID[]::new)).addLong(before));
  }

  /** Those of the sessions whose numbers have a hole, up to a position: some event is gone. */
  public Set<UUID> withHoles(Collection<UUID> sessions, long before) {
    return ids(
        "select session from log.session_events where session = any($1) and position < $2"
            + " group by session having count(*) <> max(seq) + 1",
        Tuple.tuple().addArrayOfUUID(sessions.toArray(UUID[]::new)).addLong(before));
  }

  /** Positions of all events that carry one of these tags, rising. */
  public long[] tagged(Collection<String> tags, long before) {
    return positions(
        "select distinct position from log.event_tags where tag = any($1) and position < $2"
            + " order by position",
        Tuple.tuple().addArrayOfString(tags.toArray(String[]::new)).addLong(before));
  }

  /** Position of the newest event with a tag and a type up to a position; -1 for none. */
  public long newest(String tag, String type, long upTo) {
    long[] found =
        positions(
            "select position from log.event_tags where tag = $1 and type = $2 and position <= $3"
                + " order by position desc limit 1",
            Tuple.of(tag, type, upTo));
    return found.length == 0 ? -1 : found[0];
  }

  /**
   * The position behind the last event that is not about the log itself: a checkpoint's own event
   * is signed for only together with what comes after it.
   */
  public long end() {
    long[] last =
        positions(
            "select position from log.events where type <> 'CheckpointSigned'"
                + " order by position desc limit 1",
            Tuple.tuple());
    return last.length == 0 ? 0 : last[0] + 1;
  }

  /** Those of the sessions that still have their key. */
  public Set<UUID> withKey(Collection<UUID> sessions) {
    Set<UUID> found = new HashSet<>();
    for (Row row :
        ask(
            "select distinct on (s.session) s.session, e.key_id from log.session_events s"
                + " join log.events e on e.position = s.position"
                + " where s.session = any($1) and s.seq = 0",
            Tuple.tuple().addArrayOfUUID(sessions.toArray(UUID[]::new)))) {
      UUID key = row.getUUID(1);
      if (key == null || keys.find(key).isPresent()) {
        found.add(row.getUUID(0));
      }
    }
    return found;
  }

  /** Sessions that events between two positions are about, in their sequences or not. */
  public Set<UUID> sessions(long from, long to) {
    return ids(
        "select distinct coalesce(session, (clear::json->>'session')::uuid) from log.events"
            + " where position >= $1 and position < $2"
            + " and (session is not null or clear::json->>'session' is not null)",
        Tuple.of(from, to));
  }

  /**
   * Those of the sessions that began before {@code to} and have an event at {@code from} or later.
   */
  public Set<UUID> within(Collection<UUID> sessions, long from, long to, long before) {
    return ids(
        "select session from log.session_events where session = any($1) and position < $2"
            + " group by session having min(position) < $3 and max(position) >= $4",
        Tuple.tuple()
            .addArrayOfUUID(sessions.toArray(UUID[]::new))
            .addLong(before)
            .addLong(to)
            .addLong(from));
  }

  private Set<UUID> ids(String sql, Tuple arguments) {
    Set<UUID> found = new HashSet<>();
    for (Row row : ask(sql, arguments)) {
      found.add(row.getUUID(0));
    }
    return found;
  }

  /** Ids of the approvals that operations of these sessions asked for or ran under. */
  public List<String> approvals(Collection<UUID> sessions, long before) {
    List<String> found = new ArrayList<>();
    for (Row row :
        ask(
            "select distinct e.clear::json->>'approval' from log.session_events s"
                + " join log.events e on e.position = s.position"
                + " where s.session = any($1) and s.position < $2 and e.type = 'OperationDecided'"
                + " and e.clear::json->>'approval' is not null",
            Tuple.tuple().addArrayOfUUID(sessions.toArray(UUID[]::new)).addLong(before))) {
      found.add(row.getString(0));
    }
    return found;
  }

  /**
   * The first position whose event was appended at a time or later; {@code end} when none was. The
   * order is position: clocks of several processes may differ by a little.
   */
  public long firstAt(Instant time, long end) {
    OffsetDateTime at = time.atOffset(ZoneOffset.UTC);
    long low = 0;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      long[] later =
          positions(
              "select position from log.events where position = $1 and at >= $2",
              Tuple.of(middle, at));
      if (later.length == 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long[] positions(String sql, Tuple arguments) {
    RowSet<Row> found = ask(sql, arguments);
    long[] positions = new long[found.size()];
    int count = 0;
    for (Row row : found) {
      positions[count++] = row.getLong(0);
    }
    return Arrays.copyOf(positions, count);
  }

  private RowSet<Row> ask(String sql, Tuple arguments) {
    try {
      return pool.preparedQuery(sql)
          .execute(arguments)
          .toCompletionStage()
          .toCompletableFuture()
          .get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw down(e.getCause());
    } catch (TimeoutException e) {
      throw down(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw down(e);
    }
  }

  private static AppendRefused down(@Nullable Throwable why) {
    String words = why == null ? "" : ": " + why.getMessage();
    return new AppendRefused(AppendRefused.Reason.storeDown, "store: does not answer" + words);
  }

  private static Long[] boxed(long[] positions) {
    return Arrays.stream(positions).boxed().toArray(Long[]::new);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
