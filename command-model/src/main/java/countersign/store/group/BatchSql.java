package countersign.store.group;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statement that judges and inserts a batch, all in one: it runs after the lock was taken by a
 * statement before it, so its snapshot holds everything that was ever committed.
 *
 * <p>Positions follow from the head, an event's place in the batch and the events of rejected items
 * before it. Everything travels as arrays, one for each column.
 */
final class BatchSql {
  /** Notified with the newest position in the same transaction. */
  static final String CHANNEL = "countersign_log";

  /** {@code reason}: the number of the session does not follow. */
  static final int SEQUENCE = 1;

  /** {@code reason}: the condition failed. */
  static final int CONDITION = 2;

  static final String TEXT =
      """
      with head as materialized (
        select coalesce((select last from log.appended order by last desc limit 1), -1) as last
      ),
      stale as materialized (
        select g.session from unnest($1::uuid[], $2::bigint[]) as g(session, first)
        where g.first <> 1 + coalesce(
          (select s.seq from log.session_events s where s.session = g.session
           order by s.seq desc limit 1), -1)
      ),
      judged as materialized (
        select m.item, m.events, 1 as reason
        from unnest($3::int[], $4::int[], $5::uuid[]) as m(item, events, session)
        where m.session in (select session from stale)
        union all
        select c.item, c.events, 2
        from unnest($6::int[], $7::int[], $8::bigint[], $9::uuid[], $10::text[], $11::text[], $12::text[])
          as c(item, events, after, session, tag, more, types)
        where case
          when c.tag <> '' then exists (
            select 1 from log.event_tags t
            where t.tag = c.tag and t.position > c.after
              and (c.types = '' or t.type = any(string_to_array(c.types, E'\\x1f')))
              and (c.more = '' or not exists (
                select 1 from unnest(string_to_array(c.more, E'\\x1f')) as o(tag)
                where (select count(*) from log.event_tags x
                       where x.tag = o.tag and x.position = t.position) = 0))
              and (c.session is null or (select e.session from log.events e
                                         where e.position = t.position) = c.session))
          when c.session is not null then exists (
            select 1 from log.session_events s
            where s.session = c.session and s.position > c.after
              and (c.types = '' or (select e.type from log.events e where e.position = s.position)
                                   = any(string_to_array(c.types, E'\\x1f'))))
          else exists (
            select 1 from log.events e
            where e.position > c.after
              and (c.types = '' or e.type = any(string_to_array(c.types, E'\\x1f'))))
        end
      ),
      bad as materialized (
        select item, min(events) as events, min(reason) as reason from judged group by item
      ),
      placed as (
        insert into log.events (position, id, type, version, session, session_seq, at, tags, clear,
                                sealed, key_id, commitment, leaf)
        select head.last + e.place - (select coalesce(sum(b.events), 0) from bad b where b.item < e.item),
          e.id, e.type, e.version, e.session, e.seq,
          timestamptz 'epoch' + e.micros * interval '1 microsecond',
          string_to_array(e.tags, E'\\x1f'), e.clear, e.sealed, e.key_id, e.commitment, e.leaf
        from head, unnest($13::int[], $14::uuid[], $15::text[], $16::int[], $17::uuid[], $18::bigint[],
                          $19::bigint[], $20::text[], $21::text[], $22::bytea[], $23::uuid[],
                          $24::bytea[], $25::bytea[]) with ordinality
          as e(item, id, type, version, session, seq, micros, tags, clear, sealed, key_id, commitment,
               leaf, place)
        where not exists (select 1 from bad b where b.item = e.item)
      ),
      numbered as (
        insert into log.session_events (session, seq, position)
        select e.session, e.seq,
          head.last + e.place - (select coalesce(sum(b.events), 0) from bad b where b.item < e.item)
        from head, unnest($13::int[], $17::uuid[], $18::bigint[]) with ordinality
          as e(item, session, seq, place)
        where e.session is not null and not exists (select 1 from bad b where b.item = e.item)
      ),
      tagged as (
        insert into log.event_tags (tag, position, type)
        select t.tag,
          head.last + t.place - (select coalesce(sum(b.events), 0) from bad b where b.item < t.item),
          t.type
        from head, unnest($26::int[], $27::bigint[], $28::text[], $29::text[]) as t(item, place, tag, type)
        where not exists (select 1 from bad b where b.item = t.item)
      ),
      outcome as materialized (
        select head.last as before,
          cardinality($14::uuid[]) - coalesce((select sum(events) from bad), 0) as accepted
        from head
      ),
      noted as (
        insert into log.appended (writer, batch, first, last)
        select $30::uuid, $31::bigint, before + 1, before + accepted from outcome where accepted > 0
      )
      select before, accepted::bigint,
        (select array_agg(item order by item) from bad) as items,
        (select array_agg(reason order by item) from bad) as reasons,
        case when accepted > 0
          then pg_notify('countersign_log', (before + accepted)::bigint::text)::text end
      from outcome
      """;

  private BatchSql() {}

  /** Lays a batch out as the statement's arrays. */
  static Tuple arguments(UUID writer, long batch, List<Pending> items) {
    Columns columns = new Columns();
    for (int i = 0; i < items.size(); i++) {
      columns.add(i, items.get(i));
    }
    return columns.tuple(writer, batch);
  }

  private static final class Columns {
    private final Map<UUID, Long> firsts = new LinkedHashMap<>();
    private final List<Integer> memberItems = new ArrayList<>();
    private final List<Integer> memberEvents = new ArrayList<>();
    private final List<UUID> memberSessions = new ArrayList<>();
    private final List<Integer> askedItems = new ArrayList<>();
    private final List<Integer> askedEvents = new ArrayList<>();
    private final List<Long> askedAfter = new ArrayList<>();
    private final List<@Nullable UUID> askedSessions = new ArrayList<>();
    private final List<String> askedTags = new ArrayList<>();
    private final List<String> askedMore = new ArrayList<>();
    private final List<String> askedTypes = new ArrayList<>();
    private final List<Integer> rowItems = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Integer> tagItems = new ArrayList<>();
    private final List<Long> tagPlaces = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private final List<String> tagTypes = new ArrayList<>();

    void add(int number, Pending item) {
      if (item.session != null) {
        firsts.putIfAbsent(item.session, item.firstSeq);
        memberItems.add(number);
        memberEvents.add(item.rows.size());
        memberSessions.add(item.session);
      }
      for (Asked asked : item.condition) {
        askedItems.add(number);
        askedEvents.add(item.rows.size());
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
          tagItems.add(number);
          tagPlaces.add((long) rows.size());
          tags.add(tag);
          tagTypes.add(row.type());
        }
      }
    }

    Tuple tuple(UUID writer, long batch) {
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
        byte[] commitment = row.commitment();
        commitments[i] = commitment == null ? null : Buffer.buffer(commitment);
        leaves[i] = Buffer.buffer(row.leaf());
      }
      return Tuple.wrap(
          new ArrayList<>(
              java.util.Arrays.asList(
                  firsts.keySet().toArray(UUID[]::new),
                  firsts.values().toArray(Long[]::new),
                  memberItems.toArray(Integer[]::new),
                  memberEvents.toArray(Integer[]::new),
                  memberSessions.toArray(UUID[]::new),
                  askedItems.toArray(Integer[]::new),
                  askedEvents.toArray(Integer[]::new),
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
                  tagItems.toArray(Integer[]::new),
                  tagPlaces.toArray(Long[]::new),
                  tags.toArray(String[]::new),
                  tagTypes.toArray(String[]::new),
                  writer,
                  batch)));
    }
  }
}
