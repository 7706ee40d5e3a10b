package countersign.retention.write;

import countersign.identity.Principal;
import countersign.retention.ErasureId;
import countersign.retention.HoldId;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionLedger.Erasure;
import countersign.retention.RetentionLedger.Hold;
import countersign.retention.RetentionRules;
import countersign.session.SessionId;
import countersign.store.StoredEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the events of retention add up to. Confined to who holds it. */
final class RetentionState {
  private final Map<HoldId, Hold> holds = new LinkedHashMap<>();
  private final Map<ErasureId, Erasure> erasures = new LinkedHashMap<>();
  private final Map<ErasureId, Long> requestedAt = new LinkedHashMap<>();
  private final Set<SessionId> erased = new HashSet<>();
  private RetentionRules rules = RetentionRules.NONE;
  private long seen = -1;

  /**
   * Folds one more event.
   *
   * @throws IllegalStateException if it cannot be read: it may be a hold, so nothing is erased then
   */
  void fold(StoredEvent stored) {
    if (!(stored.event() instanceof RetentionEvent event)) {
      throw new IllegalStateException(
          "position "
              + stored.position()
              + ": "
              + stored.type()
              + " (expected: an event of retention that can be read)");
    }
    seen = stored.position();
    switch (event) {
      case RetentionEvent.Declared e -> rules = e.rules();
      case RetentionEvent.HoldPlaced e ->
          holds.put(
              e.id(),
              new Hold(
                  e.id(), e.session(), e.principal(), e.by().path(), e.reason(), e.at(), null));
      case RetentionEvent.HoldLifted e ->
          holds.computeIfPresent(e.id(), (_, hold) -> lifted(hold, e.at()));
      case RetentionEvent.ErasureRequested e -> {
        erasures.put(e.id(), requested(e));
        requestedAt.put(e.id(), stored.position());
        e.sessions().forEach(one -> erased.add(one.session()));
      }
      case RetentionEvent.ErasureCompleted e -> {
        erasures.computeIfPresent(e.id(), (_, erasure) -> completed(erasure, e));
        requestedAt.remove(e.id());
      }
    }
  }

  private static Hold lifted(Hold hold, Instant at) {
    return new Hold(
        hold.id(), hold.session(), hold.principal(), hold.by(), hold.reason(), hold.placedAt(), at);
  }

  private static Erasure requested(RetentionEvent.ErasureRequested event) {
    Principal by = event.by();
    return new Erasure(
        event.id(),
        "requested",
        event.sessions().stream().map(RetentionEvent.ErasedSession::session).toList(),
        event.cause(),
        by == null ? "" : by.path(),
        event.reason(),
        event.at(),
        null,
        0,
        List.of(),
        List.of(),
        List.of());
  }

  private static Erasure completed(Erasure erasure, RetentionEvent.ErasureCompleted event) {
    return new Erasure(
        erasure.id(),
        "completed",
        erasure.sessions(),
        erasure.cause(),
        erasure.by(),
        erasure.reason(),
        erasure.requestedAt(),
        event.at(),
        event.keys(),
        event.acknowledged(),
        event.bundles(),
        event.feeds());
  }

  /** Position of the newest event folded in; -1 for none. */
  long seen() {
    return seen;
  }

  RetentionRules rules() {
    return rules;
  }

  Collection<Hold> holds() {
    return holds.values();
  }

  Optional<Hold> hold(HoldId id) {
    return Optional.ofNullable(holds.get(id));
  }

  Collection<Erasure> erasures() {
    return erasures.values();
  }

  /** Whether its erasure was requested, completed or not. */
  boolean erased(SessionId session) {
    return erased.contains(session);
  }

  /** Erasures that are not completed, with the positions of their requests, oldest first. */
  Map<ErasureId, Long> pending() {
    return new LinkedHashMap<>(requestedAt);
  }

  /** A hold in force on a session or on somebody in its chain; null when there is none. */
  @Nullable Hold holding(SessionId session, Principal principal) {
    return holds.values().stream()
        .filter(hold -> hold.liftedAt() == null)
        .filter(hold -> session.equals(hold.session()) || names(principal, hold.principal()))
        .findFirst()
        .orElse(null);
  }

  /** Whether somebody of that name is in the chain, or is the person behind a member of it. */
  static boolean names(Principal principal, String name) {
    return !name.isEmpty()
        && principal.chain().stream()
            .anyMatch(hop -> name.equals(hop.name()) || name.equals(hop.person()));
  }
}
