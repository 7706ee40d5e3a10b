package countersign.view.projections;

import countersign.event.Event;
import countersign.view.Views;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Set;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * One read model. Implementations keep no state: everything they know is in their rows, so that a
 * batch can be run again after a failure.
 */
public interface Projection {

  /** Name of the view, which is also the name of its processor and of its table. */
  String view();

  /** The events it is made of. */
  Set<Class<? extends Event>> events();

  /**
   * Folds events into rows, inside the caller's transaction.
   *
   * <p>Idempotent: an event whose position a row has already seen does not change that row.
   *
   * @param session open session; flushed by the caller
   * @param batch events in order of position
   * @return what changed, each row once
   */
  Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> batch);

  /** Deletes every row, inside the caller's transaction. */
  Uni<Void> clear(Mutiny.Session session);
}
