package countersign.view.recordingindex;

import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.view.Views;
import countersign.view.projections.Erased;
import countersign.view.projections.Projected;
import countersign.view.projections.Projection;
import io.smallrye.mutiny.Uni;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.reactive.mutiny.Mutiny;

/** Notes where the pieces of recordings stand, in {@code view.segments}; never their bytes. */
public final class SegmentsProjection implements Projection {

  @Override
  public String view() {
    return "segments";
  }

  @Override
  public Set<Class<? extends Event>> events() {
    return Set.of(SegmentRecorded.class, RetentionEvent.ErasureRequested.class);
  }

  @Override
  public Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> all) {
    List<Projected> batch =
        all.stream().filter(one -> one.event() instanceof SegmentRecorded).toList();
    return session
        .createQuery("select s.position from SegmentRow s where s.position in :all", Long.class)
        .setParameter("all", batch.stream().map(Projected::position).toList())
        .getResultList()
        .flatMap(known -> {
          Set<Long> seen = new HashSet<>(known);
          List<SegmentRow> fresh =
              batch.stream()
                  .filter(projected -> seen.add(projected.position()))
                  .map(projected ->
                      new SegmentRow(projected.position(), (SegmentRecorded) projected.event()))
                  .toList();
          return session
              .persistAll(fresh.toArray())
              .flatMap(_ -> Erased.delete(session, "SegmentRow", all))
              .replaceWith(() ->
                  fresh.stream()
                      .map(row ->
                          new Views.Changed(
                              view(), Long.toString(row.number), row.session.toString()))
                      .toList());
        });
  }

  @Override
  public Uni<Void> clear(Mutiny.Session session) {
    return session.createMutationQuery("delete SegmentRow").executeUpdate().replaceWithVoid();
  }
}
