package countersign.view.projections;

import java.util.ArrayList;
import java.util.List;
import org.axonframework.messaging.core.Context;

/** The events of one unit of work, gathered until its token is stored. Confined to that unit. */
final class Batch {
  static final Context.ResourceKey<Batch> KEY = Context.ResourceKey.withLabel("countersign.batch");

  private final Projection projection;
  private final List<Projected> events = new ArrayList<>();

  Batch(Projection projection) {
    this.projection = projection;
  }

  Projection projection() {
    return projection;
  }

  List<Projected> events() {
    return events;
  }

  void add(Projected event) {
    events.add(event);
  }
}
