package countersign.store.group;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Calls the function that locks, judges and inserts a batch (db/migration/log/V2__append.sql),
 * which is a transaction of its own: one message there, one answer back after the commit.
 * Everything travels as arrays, one for each column; a single plain event travels as it is.
 */
final class BatchSql {
  /** {@code reason}: the number of the session does not follow. */
  static final int SEQUENCE = 1;

  /** {@code reason}: the condition failed. */
  static final int CONDITION = 2;

  /** SQLSTATE: what sessions follow stands in another partition than what is to come. */
  static final String OTHER_PARTITION = "CS001";

  static final String TEXT =
      """
      select before, accepted, items, reasons from log.append(
        $1::uuid, $2::bigint, $3::boolean, $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint,
        $8::int[], $9::uuid[], $10::int[], $11::bigint[], $12::uuid[], $13::text[], $14::text[],
        $15::text[], $16::int[], $17::uuid[], $18::text[], $19::int[], $20::uuid[], $21::bigint[],
        $22::bigint[], $23::text[], $24::text[], $25::bytea[], $26::uuid[], $27::bytea[],
        $28::bytea[], $29::int[], $30::text[])
      """;

  /** For a batch that {@link #isOne}: the event's position, or -1 for {@link #SEQUENCE}. */
  static final String ONE =
      """
      select log.append_one(
        $1::uuid, $2::bigint, $3::boolean, $4::bigint, $5::boolean, $6::uuid, $7::text, $8::int,
        $9::uuid, $10::bigint, $11::bigint, $12::text, $13::bytea, $14::uuid, $15::bytea, $16::bytea)
      """;

  private BatchSql() {}

  /** Whether a batch is one event of a session, without tags and conditions. */
  static boolean isOne(List<Pending> items) {
    Pending first = items.getFirst();
    return items.size() == 1
        && first.session != null
        && first.condition.isEmpty()
        && first.rows.size() == 1
        && first.rows.getFirst().tags().isEmpty();
  }

  /** Lays the only event out as {@link #ONE}'s arguments. */
  static Tuple one(UUID writer, long batch, boolean notify, Places places, Row row) {
    UUID session = requireNonNull(row.session());
    return Tuple.wrap(
        new ArrayList<>(
            Arrays.asList(
                writer,
                batch,
                notify,
                places.of(session),
                places.before(session, row.sessionSeq()) != null,
                row.id(),
                row.type(),
                row.version(),
                row.session(),
                row.sessionSeq(),
                row.micros(),
                row.clear(),
                Buffer.buffer(row.sealed()),
                row.keyId(),
                bytes(row.commitment()),
                Buffer.buffer(row.leaf()))));
  }

  private static @Nullable Buffer bytes(byte @Nullable [] bytes) {
    return bytes == null ? null : Buffer.buffer(bytes);
  }

  /** Lays a batch out as the statement's arrays. */
  static Tuple arguments(
      UUID writer, long batch, boolean notify, Places places, List<Pending> items) {
    Columns columns = new Columns(places);
    for (int i = 0; i < items.size(); i++) {
      columns.add(i, items.get(i));
    }
    return columns.tuple(writer, batch, notify);
  }

  private static final class Columns {
    private final Places places;
    private final Map<UUID, Long> firsts = new LinkedHashMap<>();
    private final Set<UUID> followers = new HashSet<>();
    private @Nullable Long followed;
    private final List<Integer> memberItems = new ArrayList<>();
    private final List<UUID> memberSessions = new ArrayList<>();
    private final List<Integer> askedItems = new ArrayList<>();
    private final List<Long> askedAfter = new ArrayList<>();
    private final List<@Nullable UUID> askedSessions = new ArrayList<>();
    private final List<String> askedTags = new ArrayList<>();
    private final List<String> askedMore = new ArrayList<>();
    private final List<String> askedTypes = new ArrayList<>();
    private final List<Integer> rowItems = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Integer> tagPlaces = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();

    Columns(Places places) {
      this.places = places;
    }

    void add(int number, Pending item) {
      if (item.session != null && !follows(item.session, item.firstSeq)) {
        firsts.putIfAbsent(item.session, item.firstSeq);
        memberItems.add(number);
        memberSessions.add(item.session);
      }
      for (Asked asked : item.condition) {
        askedItems.add(number);
        askedAfter.add(item.after);
        askedSessions.add(asked.session());
        askedTags.add(asked.tag());
        askedMore.add(String.join(Asked.SEPARATOR, asked.more()));
        askedTypes.add(String.join(Asked.SEPARATOR, asked.types()));
      }
      for (Row row : item.rows) {
        rowItems.add(number);
        rows.add(row);
        for (String tag : row.tags()) {
          tagPlaces.add(rows.size());
          tags.add(tag);
        }
      }
    }

    /** Whether nobody need look for the session's last event. */
    private boolean follows(UUID session, long first) {
      if (firsts.containsKey(session)) {
        return false;
      }
      if (followers.contains(session)) {
        return true;
      }
      Long place = places.before(session, first);
      if (place != null) {
        followers.add(session);
        followed = followed == null ? place : (Long) Math.min(followed, place);
      }
      return place != null;
    }

    Tuple tuple(UUID writer, long batch, boolean notify) {
      int n = rows.size();
      UUID[] ids = new UUID[n];
      String[] types = new String[n];
      Integer[] versions = new Integer[n];
      @Nullable UUID[] sessions = new UUID[n];
      @Nullable Long[] seqs = new Long[n];
      Long[] micros = new Long[n];
      String[] joined = new String[n];
      String[] clear = new String[n];
      Buffer[] sealed = new Buffer[n];
      @Nullable UUID[] keys = new UUID[n];
      @Nullable Buffer[] commitments = new Buffer[n];
      Buffer[] leaves = new Buffer[n];
      for (int i = 0; i < n; i++) {
        Row row = rows.get(i);
        ids[i] = row.id();
        types[i] = row.type();
        versions[i] = row.version();
        sessions[i] = row.session();
        seqs[i] = row.session() == null ? null : row.sessionSeq();
        micros[i] = row.micros();
        joined[i] = String.join(Asked.SEPARATOR, row.tags());
        clear[i] = row.clear();
        sealed[i] = Buffer.buffer(row.sealed());
        keys[i] = row.keyId();
        commitments[i] = bytes(row.commitment());
        leaves[i] = Buffer.buffer(row.leaf());
      }
      return Tuple.wrap(
          new ArrayList<>(
              Arrays.asList(
                  writer,
                  batch,
                  notify,
                  firsts.keySet().toArray(UUID[]::new),
                  firsts.values().toArray(Long[]::new),
                  firsts.keySet().stream().map(places::of).toArray(Long[]::new),
                  followed,
                  memberItems.toArray(Integer[]::new),
                  memberSessions.toArray(UUID[]::new),
                  askedItems.toArray(Integer[]::new),
                  askedAfter.toArray(Long[]::new),
                  askedSessions.toArray(UUID[]::new),
                  askedTags.toArray(String[]::new),
                  askedMore.toArray(String[]::new),
                  askedTypes.toArray(String[]::new),
                  rowItems.toArray(Integer[]::new),
                  ids,
                  types,
                  versions,
                  sessions,
                  seqs,
                  micros,
                  joined,
                  clear,
                  sealed,
                  keys,
                  commitments,
                  leaves,
                  tagPlaces.toArray(Integer[]::new),
                  tags.toArray(String[]::new))));
    }
  }
}
