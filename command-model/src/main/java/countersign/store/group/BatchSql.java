package countersign.store.group;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  static final String TEXT =
      """
      select before, accepted, items, reasons from log.append(
        $1::uuid, $2::bigint, $3::boolean, $4::uuid[], $5::bigint[], $6::bigint[], $7::int[],
        $8::uuid[], $9::int[], $10::bigint[], $11::uuid[], $12::text[], $13::text[], $14::text[],
        $15::int[], $16::uuid[], $17::text[], $18::int[], $19::uuid[], $20::bigint[], $21::bigint[],
        $22::text[], $23::text[], $24::bytea[], $25::uuid[], $26::bytea[], $27::bytea[], $28::int[],
        $29::text[])
      """;

  /** For a batch that {@link #isOne}: the event's position, or -1 for {@link #SEQUENCE}. */
  static final String ONE =
      """
      select log.append_one(
        $1::uuid, $2::bigint, $3::boolean, $4::bigint, $5::uuid, $6::text, $7::int, $8::uuid,
        $9::bigint, $10::bigint, $11::text, $12::bytea, $13::uuid, $14::bytea, $15::bytea)
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
    return Tuple.wrap(
        new ArrayList<>(
            Arrays.asList(
                writer,
                batch,
                notify,
                places.of(requireNonNull(row.session())),
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
    Columns columns = new Columns();
    for (int i = 0; i < items.size(); i++) {
      columns.add(i, items.get(i));
    }
    return columns.tuple(writer, batch, notify, places);
  }

  private static final class Columns {
    private final Map<UUID, Long> firsts = new LinkedHashMap<>();
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

    void add(int number, Pending item) {
      if (item.session != null) {
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

    Tuple tuple(UUID writer, long batch, boolean notify, Places places) {
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
