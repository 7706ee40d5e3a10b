package countersign.view.projections;

import countersign.retention.RetentionEvent;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Deletes the rows of sessions whose erasure was requested, at the end of a batch. */
public final class Erased {
  private Erased() {}

  /**
   * Deletes rows.
   *
   * @param entity entity with a field {@code session}
   * @param batch events of the batch; others than requests of erasures are passed over
   */
  public static Uni<Integer> delete(Mutiny.Session session, String entity, List<Projected> batch) {
    List<UUID> erased =
        batch.stream()
            .map(Projected::event)
            .filter(RetentionEvent.ErasureRequested.class::isInstance)
            .map(RetentionEvent.ErasureRequested.class::cast)
            .flatMap(request -> request.sessions().stream())
            .map(one -> one.session().value())
            .toList();
    return erased.isEmpty()
        ? Uni.createFrom().item(0)
        : session
            .flush()
            .flatMap(_ ->
                session
                    .createMutationQuery("delete " + entity + " r where r.session in :erased")
                    .setParameter("erased", erased)
                    .executeUpdate());
  }
}
