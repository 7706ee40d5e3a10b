package countersign.evidence.make;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.command.Workers;
import countersign.evidence.EvidenceScope;
import countersign.identity.Principal;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.RawEvents;
import countersign.store.StoredEvent;
import countersign.store.StoredRow;
import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleScope.Range;
import countersign.verifier.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a scope holds, from the log itself: no view can be behind. Names stand in sealed
 * halves, so a session that was erased is found by its id, its approval or its time only.
 */
final class Scoping {
  private static final int PAGE = 10_000;

  /** Each has files of its own in a bundle, and those have a bound. */
  static final int MOST_SESSIONS = 20_000;

  /** Positions are kept in memory: 160 MB. */
  private static final long MOST_EVENTS = 20_000_000;

  private final EventLog log;
  private final RawEvents raw;

  Scoping(EventLog log, RawEvents raw) {
    this.log = log;
    this.raw = raw;
  }

  /**
   * Finds it.
   *
   * @param end position behind the last that counts
   * @throws NotMade when nothing matches, or too much
   */
  Scoped find(EvidenceScope scope, long end) throws IOException {
    long from = scope.from() == null ? 0 : raw.firstAt(scope.from(), end);
    long to = scope.to() == null ? end : raw.firstAt(scope.to(), end);
    if (from >= to) {
      throw Scoped.nothing(scope);
    }
    if (!scope.asksForSessions()) {
      return new Scoped(Optional.of(new Range(from, to)), new long[0], raw.sessions(from, to));
    }
    Set<UUID> sessions = raw.within(sessions(scope, from, to, end), from, to, end);
    if (sessions.isEmpty()) {
      throw Scoped.nothing(scope);
    }
    if (sessions.size() > MOST_SESSIONS) {
      throw new NotMade(
          "scope: %d sessions (expected: at most %d; ask for a shorter time)"
              .formatted(sessions.size(), MOST_SESSIONS));
    }
    return new Scoped(Optional.empty(), positions(sessions, end), sessions);
  }

  /** Everything of these sessions: their sequences, their approvals, what people did to them. */
  private long[] positions(Set<UUID> sessions, long end) throws NotMade {
    for (UUID session : raw.withHoles(sessions, end)) {
      throw new NotMade(
          "an event of session " + session + " is missing from the store: run countersign fsck");
    }
    List<String> tags = new ArrayList<>();
    raw.approvals(sessions, end).forEach(id -> tags.add("approval=" + id));
    for (UUID session : sessions) {
      tags.add("content=" + session);
      tags.add("terminate=" + session);
    }
    long[] found =
        LongStream.concat(
                LongStream.of(raw.ofSessions(sessions, end)), LongStream.of(raw.tagged(tags, end)))
            .sorted()
            .distinct()
            .toArray();
    if (found.length > MOST_EVENTS) {
      throw new NotMade("scope: " + found.length + " events (expected: at most " + MOST_EVENTS);
    }
    return found;
  }

  private Set<UUID> sessions(EvidenceScope scope, long from, long to, long end) throws IOException {
    Set<UUID> found = null;
    if (scope.session() != null) {
      found = Set.of(scope.session().value());
    }
    if (scope.approval() != null) {
      found = both(found, ofApproval(scope.approval(), end));
    }
    if (!scope.who().isEmpty() || !scope.target().isEmpty()) {
      found = both(found, scan(0, to, Set.of("SessionOpened"), stored -> opened(scope, stored)));
    }
    if (!scope.ticket().isEmpty()) {
      found =
          both(
              found,
              scan(0, end, Set.of("ApprovalRequested"), stored -> ticket(scope.ticket(), stored)));
    }
    if (!scope.duty().isEmpty()) {
      String rule = scope.duty() + "/";
      found =
          both(
              found,
              scan(
                  from,
                  to,
                  Set.of("OperationDecided", "OperationsDecided"),
                  stored -> decided(rule, stored)));
    }
    return found == null ? Set.of() : found;
  }

  private static Set<UUID> both(@Nullable Set<UUID> some, Set<UUID> others) {
    if (some == null) {
      return others;
    }
    Set<UUID> both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }

  private Set<UUID> ofApproval(ApprovalId id, long end) throws IOException {
    long[] positions = raw.tagged(Set.of("approval=" + id), end);
    if (positions.length == 0) {
      return Set.of();
    }
    StoredRow row = raw.at(new long[] {positions[0]}, false).getFirst();
    return Set.of(sessionOf(row).orElseThrow());
  }

  /** The session that a row is about, in its sequence or not. */
  static Optional<UUID> sessionOf(StoredRow row) throws IOException {
    if (row.leaf().session() != null) {
      return Optional.of(row.leaf().session());
    }
    try {
      Json clear = Json.parse(new String(row.clear(), StandardCharsets.UTF_8));
      return clear.member("session").isEmpty()
          ? Optional.empty()
          : Optional.of(UUID.fromString(clear.text("session")));
    } catch (Malformed | IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private Set<UUID> scan(
      long from, long to, Set<String> types, Function<StoredEvent, @Nullable SessionId> matching)
      throws IOException {
    Set<UUID> found = new HashSet<>();
    List<Criterion> criteria = List.of(new Criterion(Set.of(), types));
    long at = from;
    while (at < to) {
      List<StoredEvent> page = read(at, criteria);
      if (page.isEmpty()) {
        return found;
      }
      for (StoredEvent stored : page) {
        SessionId session = stored.position() < to ? matching.apply(stored) : null;
        if (session != null) {
          found.add(session.value());
        }
      }
      at = page.getLast().position() + 1;
    }
    return found;
  }

  private List<StoredEvent> read(long at, List<Criterion> criteria) throws IOException {
    try {
      return Workers.await(log.read(at, PAGE, criteria).toCompletableFuture());
    } catch (ExecutionException e) {
      throw new IOException("store: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static @Nullable SessionId opened(EvidenceScope scope, StoredEvent stored) {
    return stored.event() instanceof SessionEvent.Opened opened
            && (scope.target().isEmpty() || scope.target().equals(opened.target()))
            && (scope.who().isEmpty() || named(scope.who(), opened.principal()))
        ? opened.session()
        : null;
  }

  private static boolean named(String who, Principal principal) {
    return principal.chain().stream()
        .anyMatch(hop -> who.equals(hop.name()) || who.equals(hop.person()));
  }

  private static @Nullable SessionId ticket(String ticket, StoredEvent stored) {
    return stored.event() instanceof ApprovalEvent.Requested requested
            && (ticket.equalsIgnoreCase(requested.held().context().ticket())
                || Stream.of(requested.held().statedReason().split("[^A-Za-z0-9_-]+"))
                    .anyMatch(ticket::equalsIgnoreCase))
        ? requested.session()
        : null;
  }

  private static @Nullable SessionId decided(String rule, StoredEvent stored) {
    return switch (stored.event()) {
      case SessionEvent.OperationDecided one when one.rule().startsWith(rule) -> one.session();
      case SessionEvent.OperationsDecided many
          when many.operations().stream().anyMatch(one -> one.rule().startsWith(rule)) ->
          many.session();
      default -> null;
    };
  }
}
