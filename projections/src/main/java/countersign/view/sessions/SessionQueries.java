package countersign.view.sessions;

import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.projections.Keyset;
import countersign.view.projections.Sealed;
import countersign.view.recordingindex.SegmentQueries;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Reads {@code view.sessions}. */
public final class SessionQueries {
  private static final Set<String> SORTS = Set.of("openedAt", "principal", "target", "state");

  private SessionQueries() {}

  /** One session. */
  public static Uni<Optional<SessionView>> one(Mutiny.Session session, Sealed sealed, UUID id) {
    return session
        .find(SessionRow.class, id)
        .flatMap(row ->
            row == null
                ? Uni.createFrom().item(Optional.<SessionView>empty())
                : views(session, sealed, List.of(row)).map(views -> Optional.of(views.getFirst())));
  }

  /** One page of sessions; see {@link countersign.view.Views#sessions}. */
  public static Uni<Page<SessionView>> list(
      Mutiny.Session session, Sealed sealed, Map<String, String> filter, Page.Request page) {
    Keyset<SessionRow> keyset =
        new Keyset<>(SessionRow.class, page.sort(), "-openedAt", SORTS, UUID::fromString);
    filter.forEach((name, value) -> narrow(keyset, name, value, filter));
    return keyset
        .page(session, page, row -> value(row, keyset.field()), row -> row.id)
        .flatMap(rows ->
            views(session, sealed, rows.items()).map(views -> new Page<>(views, rows.next())));
  }

  private static void narrow(
      Keyset<SessionRow> keyset, String name, String value, Map<String, String> filter) {
    switch (name) {
      case "state" -> keyset.where("r.state = :state", Map.of("state", value));
      case "principal" -> keyset.where("r.principal = :principal", Map.of("principal", value));
      case "target" -> keyset.where("r.target = :target", Map.of("target", value));
      case "seenBy" -> {
        String[] groups = filter.getOrDefault("askedOf", "").split("\n", -1);
        keyset.where(
            "array_intersects(r.people, :seenBy) or exists (select 1 from ApprovalRow a"
                + " where a.session = r.id and array_intersects(a.asked, :askedOf))",
            Map.of("seenBy", value.split("\n", -1), "askedOf", groups));
      }
      case "inChain" -> keyset.where("array_contains(r.chain, :inChain)", Map.of("inChain", value));
      case "askedOf" -> {}
      default ->
          throw new IllegalArgumentException(
              name + ": " + value + " (expected: a filter of state, principal, target)");
    }
  }

  private static Object value(SessionRow row, String field) {
    return switch (field) {
      case "openedAt" -> row.openedAt;
      case "principal" -> row.principal;
      case "target" -> row.target;
      case "state" -> row.state;
      default -> throw new IllegalArgumentException(field);
    };
  }

  private static Uni<List<SessionView>> views(
      Mutiny.Session session, Sealed sealed, List<SessionRow> rows) {
    List<UUID> growing = rows.stream().filter(SessionRow::growing).map(row -> row.id).toList();
    return SegmentQueries.newest(session, growing)
        .map(newest -> {
          List<SessionView> views = new ArrayList<>();
          for (SessionRow row : rows) {
            views.add(
                row.view(
                    sealed,
                    Optional.ofNullable(newest.get(row.id))
                        .map(last ->
                            new SessionRow.Recorded(
                                last.number() + 1,
                                last.inFrom() + last.inLength(),
                                last.outFrom() + last.outLength()))
                        .orElse(SessionRow.Recorded.NOTHING)));
          }
          return views;
        });
  }
}
