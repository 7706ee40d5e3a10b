package countersign.view.pendingapprovals;

import countersign.view.ApprovalView;
import countersign.view.Page;
import countersign.view.projections.Keyset;
import countersign.view.projections.Sealed;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Reads {@code view.approvals}. */
public final class ApprovalQueries {
  private static final Set<String> SORTS =
      Set.of("requestedAt", "expiresAt", "principal", "target", "state");

  private ApprovalQueries() {}

  /** One approval. */
  public static Uni<Optional<ApprovalView>> one(Mutiny.Session session, Sealed sealed, String id) {
    return session
        .find(ApprovalRow.class, id)
        .map(row -> row == null ? Optional.empty() : Optional.of(row.view(sealed)));
  }

  /** One page of approvals; see {@link countersign.view.Views#approvals}. */
  public static Uni<Page<ApprovalView>> list(
      Mutiny.Session session, Sealed sealed, Map<String, String> filter, Page.Request page) {
    Keyset<ApprovalRow> keyset =
        new Keyset<>(ApprovalRow.class, page.sort(), "-requestedAt", SORTS, id -> id);
    filter.forEach((name, value) -> narrow(keyset, name, value, filter));
    return keyset
        .page(session, page, row -> value(row, keyset.field()), row -> row.id)
        .map(rows ->
            new Page<>(rows.items().stream().map(row -> row.view(sealed)).toList(), rows.next()));
  }

  private static void narrow(
      Keyset<ApprovalRow> keyset, String name, String value, Map<String, String> filter) {
    switch (name) {
      case "state" -> keyset.where("r.state = :state", Map.of("state", value));
      case "principal" -> keyset.where("r.principal = :principal", Map.of("principal", value));
      case "target" -> keyset.where("r.target = :target", Map.of("target", value));
      case "session" ->
          keyset.where("r.session = :session", Map.of("session", UUID.fromString(value)));
      case "seenBy" ->
          keyset.where(
              "array_intersects(r.people, :seenBy) or array_intersects(r.asked, :askedOf)",
              Map.of(
                  "seenBy",
                  value.split("\n", -1),
                  "askedOf",
                  filter.getOrDefault("askedOf", "").split("\n", -1)));
      case "askedOf" -> {}
      default ->
          throw new IllegalArgumentException(
              name + ": " + value + " (expected: a filter of state, session, target, principal)");
    }
  }

  private static Object value(ApprovalRow row, String field) {
    return switch (field) {
      case "requestedAt" -> row.requestedAt;
      case "expiresAt" -> row.expiresAt;
      case "principal" -> row.principal;
      case "target" -> row.target;
      case "state" -> row.state;
      default -> throw new IllegalArgumentException(field);
    };
  }
}
