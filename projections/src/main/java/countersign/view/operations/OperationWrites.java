package countersign.view.operations;

import countersign.view.projections.Columns;
import io.smallrye.mutiny.Uni;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a batch, all with one statement. */
final class OperationWrites {
  /** A row that has seen more than this batch is left alone. */
  private static final String FRESH =
      """
      insert into view.operations as o (id, session_id, seq, position, batch_index, changed, at,
        decision, effects, rule, reason, text, binds, digest, approval, replaces, by_edge, state,
        status, tag, row_count, bytes, micros)
      select u.id, u.session, u.seq, u.position, u.batch_index, u.changed, u.at, u.decision,
        string_to_array(u.effects, ','), u.rule, u.reason, u.text, u.binds, u.digest, u.approval,
        u.replaces, u.by_edge, u.state, u.status, u.tag, u.row_count, u.bytes, u.micros
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::bigint[],
          $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
          $13::text[], $14::text[], $15::text[], $16::uuid[], $17::boolean[], $18::text[],
          $19::text[], $20::text[], $21::bigint[], $22::bigint[], $23::bigint[])
        as u(id, session, seq, position, batch_index, changed, at, decision, effects, rule, reason,
          text, binds, digest, approval, replaces, by_edge, state, status, tag, row_count, bytes,
          micros)
      on conflict (id) do update set changed = excluded.changed, state = excluded.state,
        status = excluded.status, tag = excluded.tag, row_count = excluded.row_count,
        bytes = excluded.bytes, micros = excluded.micros
      where o.changed < excluded.changed
      """;

  private static final String ENDS =
      """
      update view.operations o set changed = u.changed, state = u.state,
        status = coalesce(u.status, o.status), tag = coalesce(u.tag, o.tag),
        row_count = coalesce(u.row_count, o.row_count), bytes = coalesce(u.bytes, o.bytes),
        micros = coalesce(u.micros, o.micros)
      from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
          $7::bigint[], $8::bigint[])
        as u(id, changed, state, status, tag, row_count, bytes, micros)
      where o.id = u.id and o.changed < u.changed
      """;

  private OperationWrites() {}

  /** Adds rows. */
  static Uni<Integer> fresh(Mutiny.Session session, List<OperationRow> rows) {
    return rows.isEmpty()
        ? Uni.createFrom().item(0)
        : Columns.write(
            session,
            FRESH,
            ids(rows, row -> row.id),
            ids(rows, row -> row.session),
            numbers(rows, row -> row.seq),
            numbers(rows, row -> row.position),
            Columns.of(rows, new Integer[0], row -> row.batchIndex),
            numbers(rows, row -> row.changed),
            Columns.of(rows, new OffsetDateTime[0], row -> row.at.atOffset(ZoneOffset.UTC)),
            texts(rows, row -> row.decision),
            texts(rows, row -> String.join(",", row.effects)),
            texts(rows, row -> row.rule),
            texts(rows, row -> row.reason),
            texts(rows, row -> row.text),
            texts(rows, row -> row.binds),
            texts(rows, row -> row.digest),
            texts(rows, row -> row.approval),
            ids(rows, row -> row.replaces),
            Columns.of(rows, new Boolean[0], row -> row.byEdge),
            texts(rows, row -> row.state),
            texts(rows, row -> row.status),
            texts(rows, row -> row.tag),
            numbers(rows, row -> row.rows),
            numbers(rows, row -> row.bytes),
            numbers(rows, row -> row.duration));
  }

  /** Writes outcomes into rows that are there already. */
  static Uni<Integer> ends(Mutiny.Session session, List<OperationRow> rows) {
    return rows.isEmpty()
        ? Uni.createFrom().item(0)
        : Columns.write(
            session,
            ENDS,
            ids(rows, row -> row.id),
            numbers(rows, row -> row.changed),
            texts(rows, row -> row.state),
            texts(rows, row -> row.status),
            texts(rows, row -> row.tag),
            numbers(rows, row -> row.rows),
            numbers(rows, row -> row.bytes),
            numbers(rows, row -> row.duration));
  }

  private static @Nullable UUID[] ids(
      List<OperationRow> rows, Function<OperationRow, @Nullable UUID> value) {
    return Columns.of(rows, new UUID[0], value);
  }

  private static @Nullable Long[] numbers(
      List<OperationRow> rows, Function<OperationRow, @Nullable Long> value) {
    return Columns.of(rows, new Long[0], value);
  }

  private static @Nullable String[] texts(
      List<OperationRow> rows, Function<OperationRow, @Nullable String> value) {
    return Columns.of(rows, new String[0], value);
  }
}
