package countersign.view.pendingapprovals;

import countersign.approval.ApprovalEvent;
import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.view.Views;
import countersign.view.projections.Erased;
import countersign.view.projections.Projected;
import countersign.view.projections.Projection;
import countersign.view.projections.Sealed;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.reactive.mutiny.Mutiny;

/** Folds the life of approvals into {@code view.approvals}. */
public final class ApprovalsProjection implements Projection {
  private final Sealed sealed;

  /** Seals words with this. */
  public ApprovalsProjection(Sealed sealed) {
    this.sealed = sealed;
  }

  @Override
  public String view() {
    return "approvals";
  }

  @Override
  public Set<Class<? extends Event>> events() {
    return Set.of(
        ApprovalEvent.Requested.class,
        ApprovalEvent.Approved.class,
        ApprovalEvent.Modified.class,
        ApprovalEvent.Denied.class,
        ApprovalEvent.Expired.class,
        ApprovalEvent.Withdrawn.class,
        ApprovalEvent.Used.class,
        ApprovalEvent.AttemptRefused.class,
        RetentionEvent.ErasureRequested.class);
  }

  @Override
  public Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> all) {
    Set<String> ids = new LinkedHashSet<>();
    List<Projected> batch =
        all.stream().filter(one -> one.event() instanceof ApprovalEvent).toList();
    for (Projected projected : batch) {
      ids.add(((ApprovalEvent) projected.event()).id().value());
    }
    return session
        .createQuery("from ApprovalRow a where a.id in :ids", ApprovalRow.class)
        .setParameter("ids", ids)
        .getResultList()
        .flatMap(known -> {
          Map<String, ApprovalRow> rows = new HashMap<>();
          known.forEach(row -> rows.put(row.id, row));
          List<ApprovalRow> fresh = new ArrayList<>();
          Set<ApprovalRow> touched = new LinkedHashSet<>();
          for (Projected projected : batch) {
            fold(projected, rows, fresh, touched);
          }
          return session
              .persistAll(fresh.toArray())
              .flatMap(_ -> Erased.delete(session, "ApprovalRow", all))
              .replaceWith(() ->
                  touched.stream()
                      .map(row -> new Views.Changed(view(), row.id, row.session.toString()))
                      .toList());
        });
  }

  private void fold(
      Projected projected,
      Map<String, ApprovalRow> rows,
      List<ApprovalRow> fresh,
      Set<ApprovalRow> touched) {
    ApprovalEvent event = (ApprovalEvent) projected.event();
    ApprovalRow row = rows.get(event.id().value());
    if (row == null && event instanceof ApprovalEvent.Requested requested) {
      ApprovalRow made = new ApprovalRow(sealed, projected.position(), requested);
      rows.put(made.id, made);
      fresh.add(made);
      touched.add(made);
    } else if (row != null && row.position < projected.position()) {
      row.position = projected.position();
      row.fold(sealed, event);
      touched.add(row);
    }
  }

  @Override
  public Uni<Void> clear(Mutiny.Session session) {
    return session.createMutationQuery("delete ApprovalRow").executeUpdate().replaceWithVoid();
  }
}
