package countersign.view.operations;

import countersign.approval.ApprovalEvent;
import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent;
import countersign.view.Views;
import countersign.view.projections.Erased;
import countersign.view.projections.Projected;
import countersign.view.projections.Projection;
import countersign.view.projections.Sealed;
import io.smallrye.mutiny.Uni;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Folds decisions, the answers of approvers and the outcomes into {@code view.operations}.
 *
 * <p>States: an allowed operation is {@code running} until its outcome; a blocked one is {@code
 * refused}; a held one is {@code decided} while it waits, then {@code running} once its approval is
 * used, {@code refused} when it was denied, expired or replaced, {@code cancelled} when its caller
 * took it back.
 */
public final class OperationsProjection implements Projection {
  private final Sealed sealed;

  /** Seals words with this. */
  public OperationsProjection(Sealed sealed) {
    this.sealed = sealed;
  }

  @Override
  public String view() {
    return "operations";
  }

  @Override
  public Set<Class<? extends Event>> events() {
    return Set.of(
        SessionEvent.OperationDecided.class,
        SessionEvent.OperationsDecided.class,
        SessionEvent.OperationCompleted.class,
        SessionEvent.OperationsCompleted.class,
        SessionEvent.OutcomeUnknown.class,
        SessionEvent.Closed.class,
        SessionEvent.Interrupted.class,
        ApprovalEvent.Denied.class,
        ApprovalEvent.Expired.class,
        ApprovalEvent.Withdrawn.class,
        ApprovalEvent.Used.class,
        RetentionEvent.ErasureRequested.class);
  }

  @Override
  public Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> batch) {
    return known(session, Wanted.of(batch))
        .flatMap(known -> {
          OperationFold fold = new OperationFold(sealed, known);
          batch.forEach(fold::fold);
          return OperationWrites.fresh(session, fold.fresh())
              .flatMap(_ -> OperationWrites.ends(session, fold.ends()))
              .flatMap(_ -> Erased.delete(session, "OperationRow", batch))
              .replaceWith(() ->
                  fold.touched().stream()
                      .map(row ->
                          new Views.Changed(view(), row.id.toString(), row.session.toString()))
                      .toList());
        });
  }

  /** Rows that events change which only say so in passing; most batches have none. */
  private static Uni<List<OperationRow>> known(Mutiny.Session session, Wanted wanted) {
    if (wanted.isEmpty()) {
      return Uni.createFrom().item(List.of());
    }
    return session
        .createQuery(
            "from OperationRow o where o.id in :ids or o.approval in :approvals"
                + " or (o.session in :ended and o.state = 'decided')",
            OperationRow.class)
        .setParameter("ids", wanted.operations)
        .setParameter("approvals", wanted.approvals)
        .setParameter("ended", wanted.ended)
        .getResultList();
  }

  @Override
  public Uni<Void> clear(Mutiny.Session session) {
    return session.createMutationQuery("delete OperationRow").executeUpdate().replaceWithVoid();
  }

  /** Which rows a batch may touch that it does not bring. */
  private record Wanted(Set<UUID> operations, Set<String> approvals, Set<UUID> ended) {
    static Wanted of(List<Projected> batch) {
      Wanted wanted =
          new Wanted(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
      batch.forEach(projected -> wanted.add(projected.event()));
      return wanted;
    }

    private void add(Event event) {
      switch (event) {
        case SessionEvent.OperationDecided decided -> add(decided);
        case SessionEvent.OperationsDecided decided -> decided.operations().forEach(this::add);
        case SessionEvent.Closed closed -> ended.add(closed.session().value());
        case SessionEvent.Interrupted interrupted -> ended.add(interrupted.session().value());
        case ApprovalEvent.Used used -> operations.add(used.operation().value());
        case ApprovalEvent answered -> approvals.add(answered.id().value());
        default -> {}
      }
    }

    private void add(SessionEvent.OperationDecided decided) {
      if (decided.replaces() != null) {
        operations.add(decided.replaces().value());
      }
      if (decided.approval() != null) {
        operations.add(decided.operation().value());
      }
    }

    boolean isEmpty() {
      return operations.isEmpty() && approvals.isEmpty() && ended.isEmpty();
    }
  }
}
