package countersign.view.configuration;

import countersign.port.SessionSealing;
import countersign.view.operations.OperationsProjection;
import countersign.view.pendingapprovals.ApprovalsProjection;
import countersign.view.projections.Projection;
import countersign.view.projections.Sealed;
import countersign.view.recordingindex.SegmentsProjection;
import countersign.view.sessions.SessionsProjection;
import java.util.List;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;

/** The read models: the module's table of contents. */
public final class ProjectionsConfiguration {
  private ProjectionsConfiguration() {}

  static List<Projection> slices(Sealed sealed) {
    return List.of(
        new SessionsProjection(sealed),
        new OperationsProjection(sealed),
        new ApprovalsProjection(sealed),
        new SegmentsProjection());
  }

  /**
   * Adds a processor for each read model. They start and stop with the Axon configuration; stop it
   * before the read models' database goes away.
   *
   * @param sealing seals what they keep of a session
   */
  public static EventSourcingConfigurer register(
      EventSourcingConfigurer configurer, ReadModels readModels, SessionSealing sealing) {
    readModels.sealed().with(sealing);
    return readModels.processors().register(configurer);
  }
}
