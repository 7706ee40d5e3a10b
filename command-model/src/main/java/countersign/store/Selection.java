package countersign.store;

import countersign.store.group.Asked;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * The statement that reads the log by criteria: each criterion finds its own first positions by the
 * index that fits it, then the rows of the first of all of them are read.
 *
 * @param sql text with parameters
 * @param arguments their values
 */
record Selection(String sql, Tuple arguments) {
  private static final long BYTES = 16L << 20;

  static Selection of(long from, int limit, List<Criterion> criteria) {
    return of(from, limit, criteria, "e.*");
  }

  /** The same, segments without what they hold. */
  static Selection withoutFrames(long from, int limit, List<Criterion> criteria) {
    return of(from, limit, criteria, Rows.COLUMNS_WITHOUT_FRAMES);
  }

  private static Selection of(long from, int limit, List<Criterion> criteria, String columns) {
    Builder builder = new Builder();
    String first = builder.bind(from);
    String most = builder.bind((long) limit);
    String rows =
        criteria.isEmpty()
            ? "select %s from log.events e where e.position >= %s order by e.position limit %s"
                .formatted(columns, first, most)
            : "select %s from log.events e where e.position in (%s) order by e.position limit %s"
                .formatted(columns, positions(builder, criteria, first, most), most);
    // Storage "external" knows a value's length without reading it.
    String sql =
        """
        select %s from (
          select r.*, sum(octet_length(r.sealed)) over (order by r.position) - octet_length(r.sealed) as before
          from (%s) r) e
        where e.before < %d order by e.position
        """
            .formatted(Rows.COLUMNS, rows, BYTES);
    return new Selection(sql, Tuple.wrap(builder.values));
  }

  /** Of the newest event that matches; no more than one row. */
  static Selection newest(Criterion criterion) {
    Builder builder = new Builder();
    Asked asked = Asked.of(criterion);
    String found = one(builder, asked, builder.bind(0L));
    String sql =
        "select %s from log.events e where e.position = (%s order by %s desc limit 1)"
            .formatted(Rows.COLUMNS, found, order(asked));
    return new Selection(sql, Tuple.wrap(builder.values));
  }

  private static String positions(
      Builder builder, List<Criterion> criteria, String first, String most) {
    List<String> each = new ArrayList<>();
    for (Criterion criterion : criteria) {
      Asked asked = Asked.of(criterion);
      String found = one(builder, asked, first);
      each.add("(%s order by %s limit %s)".formatted(found, order(asked), most));
    }
    return each.size() == 1
        ? each.getFirst()
        : "select position from (%s) u order by 1 limit %s"
            .formatted(String.join(" union ", each), most);
  }

  /** A session's numbers and its positions grow together, and its index is by number. */
  private static String order(Asked asked) {
    return asked.tag().isEmpty() && asked.session() != null ? "f.seq" : "f.position";
  }

  private static String one(Builder builder, Asked asked, String first) {
    StringBuilder sql = new StringBuilder();
    String type;
    if (!asked.tag().isEmpty()) {
      sql.append("select f.position from log.event_tags f where f.tag = ");
      sql.append(builder.bind(asked.tag()));
      type = "f.type";
    } else if (asked.session() != null) {
      String session = builder.bind(asked.session());
      sql.append("select f.position from log.session_events f where f.session = ").append(session);
      sql.append(" and f.seq >= (select log.session_seq_at(%s, %s))".formatted(session, first));
      type = "(select x.type from log.events x where x.position = f.position)";
    } else {
      sql.append("select f.position from log.events f where true");
      type = "f.type";
    }
    sql.append(" and f.position >= ").append(first);
    if (!asked.types().isEmpty()) {
      String types = builder.bind(asked.types().toArray(String[]::new));
      sql.append(" and ").append(type).append(" = any(").append(types).append(")");
    }
    for (String more : asked.more()) {
      sql.append(
          " and exists (select 1 from log.event_tags m where m.position = f.position and m.tag = ");
      sql.append(builder.bind(more)).append(")");
    }
    if (asked.session() != null && !asked.tag().isEmpty()) {
      sql.append(" and (select x.session from log.events x where x.position = f.position) = ");
      sql.append(builder.bind(asked.session()));
    }
    return sql.toString();
  }

  private static final class Builder {
    private final List<Object> values = new ArrayList<>();

    String bind(Object value) {
      values.add(value);
      return "$" + values.size();
    }
  }
}
