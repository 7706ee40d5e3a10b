package countersign.view.sessions;

import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent;
import countersign.view.Views;
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
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Folds what happens in sessions into {@code view.sessions}. */
public final class SessionsProjection implements Projection {
  private final Sealed sealed;

  /** Seals words with this. */
  public SessionsProjection(Sealed sealed) {
    this.sealed = sealed;
  }

  @Override
  public String view() {
    return "sessions";
  }

  @Override
  public Set<Class<? extends Event>> events() {
    return Set.of(
        SessionEvent.Opened.class,
        SessionEvent.OperationDecided.class,
        SessionEvent.OperationsDecided.class,
        SessionEvent.Closed.class,
        SessionEvent.Interrupted.class,
        RetentionEvent.ErasureRequested.class);
  }

  @Override
  public Uni<List<Views.Changed>> apply(Mutiny.Session session, List<Projected> batch) {
    Set<UUID> ids = new LinkedHashSet<>();
    for (Projected projected : batch) {
      ids.addAll(sessions(projected));
    }
    return session
        .createQuery("from SessionRow s where s.id in :ids", SessionRow.class)
        .setParameter("ids", ids)
        .getResultList()
        .flatMap(known -> {
          Map<UUID, SessionRow> rows = new HashMap<>();
          known.forEach(row -> rows.put(row.id, row));
          List<SessionRow> fresh = new ArrayList<>();
          Set<UUID> touched = new LinkedHashSet<>();
          for (Projected projected : batch) {
            if (fold(projected, rows, fresh)) {
              touched.addAll(sessions(projected));
            }
          }
          return session
              .persistAll(fresh.toArray())
              .replaceWith(() ->
                  touched.stream()
                      .map(id -> new Views.Changed(view(), id.toString(), id.toString()))
                      .toList());
        });
  }

  private static List<UUID> sessions(Projected projected) {
    return projected.event() instanceof RetentionEvent.ErasureRequested erasure
        ? erasure.sessions().stream().map(one -> one.session().value()).toList()
        : List.of(((SessionEvent) projected.event()).session().value());
  }

  private static void erase(
      Projected projected,
      RetentionEvent.ErasureRequested erasure,
      Map<UUID, SessionRow> rows,
      List<SessionRow> fresh) {
    for (RetentionEvent.ErasedSession session : erasure.sessions()) {
      SessionRow row =
          rows.computeIfAbsent(
              session.session().value(),
              _ -> {
                SessionRow made = SessionRow.erased(session);
                fresh.add(made);
                return made;
              });
      row.erase(projected.position(), erasure.at(), session);
    }
  }

  private boolean fold(Projected projected, Map<UUID, SessionRow> rows, List<SessionRow> fresh) {
    if (projected.event() instanceof RetentionEvent.ErasureRequested erasure) {
      erase(projected, erasure, rows, fresh);
      return true;
    }
    SessionEvent event = (SessionEvent) projected.event();
    SessionRow row = rows.get(event.session().value());
    if (event instanceof SessionEvent.Opened opened) {
      if (row != null) {
        return false;
      }
      SessionRow made = new SessionRow(sealed, projected, opened);
      rows.put(made.id, made);
      fresh.add(made);
      return true;
    }
    // No row: the session's opening was erased.
    if (row == null || row.erased() || row.position >= projected.position()) {
      return false;
    }
    row.position = projected.position();
    switch (event) {
      case SessionEvent.OperationDecided decided -> row.decided(decided);
      case SessionEvent.OperationsDecided decided -> decided.operations().forEach(row::decided);
      case SessionEvent.Closed closed -> row.closed(projected, closed);
      case SessionEvent.Interrupted interrupted -> row.interrupted(interrupted);
      case SessionEvent.Opened _,
          SessionEvent.OperationCompleted _,
          SessionEvent.OutcomeUnknown _,
          SessionEvent.SegmentRecorded _ -> {}
    }
    return true;
  }

  @Override
  public Uni<Void> clear(Mutiny.Session session) {
    return session.createMutationQuery("delete SessionRow").executeUpdate().replaceWithVoid();
  }
}
