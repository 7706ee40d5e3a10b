package countersign.view.recordingindex;

import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.view.Views;
import countersign.view.projections.Columns;
import countersign.view.projections.Erased;
import countersign.view.projections.Projected;
import countersign.view.projections.Projection;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Notes where the pieces of recordings stand, in {@code view.segments}; never their bytes. */
public final class SegmentsProjection implements Projection {
  private static final String INSERT =
      """
      insert into view.segments (position, session_id, number, in_from, in_length, out_from,
        out_length, from_micros, to_micros)
      select * from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[],
        $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
      on conflict do nothing
      """;

  @Override
  public String view() {
    return "segments";
  }

  @Override
  public Set<Class<? extends Event>> events() {
    return Set.of(SegmentRecorded.class, RetentionEvent.ErasureRequested.class);
  }

  @Override
  public Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> batch) {
    List<SegmentRow> rows =
        batch.stream()
            .filter(one -> one.event() instanceof SegmentRecorded)
            .map(projected ->
                new SegmentRow(projected.position(), (SegmentRecorded) projected.event()))
            .toList();
    return Columns.write(
            session,
            INSERT,
            numbers(rows, row -> row.position),
            Columns.of(rows, new UUID[0], row -> row.session),
            numbers(rows, row -> row.number),
            numbers(rows, row -> row.inFrom),
            numbers(rows, row -> row.inLength),
            numbers(rows, row -> row.outFrom),
            numbers(rows, row -> row.outLength),
            numbers(rows, row -> row.fromMicros),
            numbers(rows, row -> row.toMicros))
        .flatMap(_ -> Erased.delete(session, "SegmentRow", batch))
        .replaceWith(() ->
            rows.stream()
                .map(row ->
                    new Views.Changed(view(), Long.toString(row.number), row.session.toString()))
                .toList());
  }

  private static Long[] numbers(List<SegmentRow> rows, Function<SegmentRow, Long> value) {
    return Columns.of(rows, new Long[0], value);
  }

  @Override
  public Uni<Void> clear(Mutiny.Session session) {
    return session.createMutationQuery("delete SegmentRow").executeUpdate().replaceWithVoid();
  }
}
