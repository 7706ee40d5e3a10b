package countersign.view.configuration;

import countersign.view.operations.OperationsProjection;
import countersign.view.pendingapprovals.ApprovalsProjection;
import countersign.view.projections.Projection;
import countersign.view.recordingindex.SegmentsProjection;
import countersign.view.sessions.SessionsProjection;
import java.util.List;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;

/** The read models: the module's table of contents. */
public final class ProjectionsConfiguration {
  private ProjectionsConfiguration() {}

  static List<Projection> slices() {
    return List.of(
        new SessionsProjection(),
        new OperationsProjection(),
        new ApprovalsProjection(),
        new SegmentsProjection());
  }

  /**
   * Adds a processor for each read model. They start and stop with the Axon configuration; stop it
   * before the read models' database goes away.
   */
  public static EventSourcingConfigurer register(
      EventSourcingConfigurer configurer, ReadModels readModels) {
    return readModels.processors().register(configurer);
  }
}
