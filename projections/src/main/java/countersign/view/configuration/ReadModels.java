package countersign.view.configuration;

import countersign.port.Feed;
import countersign.view.ApprovalView;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.view.operations.OperationQueries;
import countersign.view.pendingapprovals.ApprovalQueries;
import countersign.view.projections.ProjectionProcessors;
import countersign.view.projections.Sealed;
import countersign.view.projections.Transactions;
import countersign.view.recordingindex.SegmentQueries;
import countersign.view.sessions.SessionQueries;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Answers every question about the read models. Thread-safe; stages complete on event loops. */
@ApplicationScoped
public class ReadModels implements Views {
  private final Sealed sealed = new Sealed();
  private final Transactions transactions;
  private final ProjectionProcessors processors;

  /** Reads and feeds the tables that this factory reaches. */
  @Inject
  public ReadModels(Vertx vertx, Mutiny.SessionFactory factory) {
    transactions = new Transactions(vertx, factory);
    processors = new ProjectionProcessors(transactions, ProjectionsConfiguration.slices(sealed));
  }

  Sealed sealed() {
    return sealed;
  }

  ProjectionProcessors processors() {
    return processors;
  }

  @Override
  public CompletionStage<Page<SessionView>> sessions(
      Map<String, String> filter, Page.Request page) {
    return ask(session -> SessionQueries.list(session, sealed, filter, page));
  }

  @Override
  public CompletionStage<Optional<SessionView>> session(String id) {
    UUID known = uuid(id);
    return known == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : ask(session -> SessionQueries.one(session, sealed, known));
  }

  @Override
  public CompletionStage<Page<OperationView>> operations(String session, Page.Request page) {
    UUID known = uuid(session);
    return known == null
        ? CompletableFuture.completedFuture(new Page<>(List.of(), null))
        : ask(open -> OperationQueries.list(open, sealed, known, page));
  }

  @Override
  public CompletionStage<Page<ApprovalView>> approvals(
      Map<String, String> filter, Page.Request page) {
    return ask(session -> ApprovalQueries.list(session, sealed, filter, page));
  }

  @Override
  public CompletionStage<Optional<ApprovalView>> approval(String id) {
    return ask(session -> ApprovalQueries.one(session, sealed, id));
  }

  @Override
  public CompletionStage<List<SegmentView>> segments(String session, long fromNumber) {
    UUID known = uuid(session);
    return known == null
        ? CompletableFuture.completedFuture(List.of())
        : ask(open -> SegmentQueries.from(open, known, fromNumber));
  }

  @Override
  public CompletionStage<Lag> lag() {
    return processors.lag();
  }

  @Override
  public Feed.Subscription onChange(Consumer<Changed> changed) {
    return processors.onChange(changed);
  }

  @Override
  public CompletionStage<Void> rebuild(String view) {
    return processors.rebuild(view);
  }

  /** Whether every processor runs and none is in trouble. */
  public boolean healthy() {
    return processors.healthy();
  }

  private <T> CompletableFuture<T> ask(Function<Mutiny.Session, Uni<T>> question) {
    return transactions.run(session -> {
      // Rows read are shown, never changed.
      session.setDefaultReadOnly(true);
      return question.apply(session);
    });
  }

  private static @Nullable UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @PreDestroy
  void stop() {
    processors.close();
  }
}
