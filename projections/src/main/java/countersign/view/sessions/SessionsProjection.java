package countersign.view.sessions;

import countersign.event.Event;
import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent;
import countersign.view.Views;
import countersign.view.projections.Columns;
import countersign.view.projections.Projected;
import countersign.view.projections.Projection;
import countersign.view.projections.Sealed;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Folds what happens in sessions into {@code view.sessions}. */
public final class SessionsProjection implements Projection {
  private static final String COUNT =
      """
      update view.sessions s set position = u.last, operations = s.operations + u.operations,
        held = s.held + u.held, blocked = s.blocked + u.blocked
      from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        as u(id, first, last, operations, held, blocked)
      where s.id = u.id and s.position < u.first and s.erased_at is null
      """;

  private final Sealed sealed;

  /** Decisions of one session in one batch. */
  private static final class Counted {
    private final UUID session;
    private final long first;
    private long last;
    private long operations;
    private long held;
    private long blocked;

    Counted(UUID session, long first) {
      this.session = session;
      this.first = first;
    }

    void add(Projected projected) {
      last = projected.position();
      if (projected.event() instanceof SessionEvent.OperationsDecided several) {
        several.operations().forEach(this::add);
      } else if (projected.event() instanceof SessionEvent.OperationDecided one) {
        add(one);
      }
    }

    private void add(SessionEvent.OperationDecided event) {
      operations++;
      switch (event.decision()) {
        case held -> held++;
        case blocked -> blocked++;
        case allowed -> {}
      }
    }
  }

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
    Map<UUID, Counted> counted = new LinkedHashMap<>();
    List<Projected> others = new ArrayList<>();
    Set<UUID> begunOrEnded = new LinkedHashSet<>();
    for (Projected projected : batch) {
      if (!decides(projected)) {
        begunOrEnded.addAll(sessions(projected));
      }
    }
    for (Projected projected : batch) {
      @Nullable UUID of = decides(projected) ? session(projected) : null;
      if (of == null || begunOrEnded.contains(of)) {
        others.add(projected);
      } else {
        counted.computeIfAbsent(of, _ -> new Counted(of, projected.position())).add(projected);
      }
    }
    return count(session, List.copyOf(counted.values()))
        .flatMap(_ -> fold(session, others, begunOrEnded))
        .map(touched -> {
          touched.addAll(counted.keySet());
          return touched.stream()
              .map(id -> new Views.Changed(view(), id.toString(), id.toString()))
              .toList();
        });
  }

  private static UUID session(Projected projected) {
    return ((SessionEvent) projected.event()).session().value();
  }

  private static boolean decides(Projected projected) {
    return projected.event() instanceof SessionEvent.OperationDecided
        || projected.event() instanceof SessionEvent.OperationsDecided;
  }

  /**
   * Adds what was only counted, without looking at the rows. A batch is in them whole or not at
   * all, since its token goes with it.
   */
  private static Uni<Integer> count(Mutiny.Session session, List<Counted> all) {
    return all.isEmpty()
        ? Uni.createFrom().item(0)
        : Columns.write(
            session,
            COUNT,
            Columns.of(all, new UUID[0], one -> one.session),
            Columns.of(all, new Long[0], one -> one.first),
            Columns.of(all, new Long[0], one -> one.last),
            Columns.of(all, new Long[0], one -> one.operations),
            Columns.of(all, new Long[0], one -> one.held),
            Columns.of(all, new Long[0], one -> one.blocked));
  }

  private Uni<Set<UUID>> fold(Mutiny.Session session, List<Projected> batch, Set<UUID> ids) {
    if (batch.isEmpty()) {
      return Uni.createFrom().item(new LinkedHashSet<>());
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
          return session.persistAll(fresh.toArray()).replaceWith(touched);
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
          SessionEvent.MaskingApplied _,
          SessionEvent.MaskingsApplied _,
          SessionEvent.LeaseIssued _,
          SessionEvent.LeaseEnded _,
          SessionEvent.OperationCompleted _,
          SessionEvent.OperationsCompleted _,
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
