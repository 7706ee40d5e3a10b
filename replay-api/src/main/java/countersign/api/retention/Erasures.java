package countersign.api.retention;

import countersign.api.access.Commands;
import countersign.api.access.Stages;
import countersign.identity.Principal;
import countersign.retention.ErasureId;
import countersign.retention.RetentionCommand;
import countersign.retention.RetentionLedger;
import countersign.retention.RetentionLedger.Erasure;
import countersign.session.SessionId;
import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.Views;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks for erasures, and tells how far they are. Blocking: for virtual threads. */
@ApplicationScoped
public class Erasures {
  private static final int LONGEST_REASON = 1_000;

  private final RetentionLedger ledger;
  private final Commands commands;
  private final Views views;

  /** Asks through these. */
  @Inject
  public Erasures(RetentionLedger ledger, Commands commands, Views views) {
    this.ledger = ledger;
    this.commands = commands;
    this.views = views;
  }

  /** Why something is erased. */
  public record Erasing(@Nullable String reason) {}

  /**
   * What became of a request.
   *
   * @param already sessions that were erased before, and are left alone
   * @param erasures the erasures that hold the sessions, earlier ones too
   */
  public record Answer(long requested, long already, List<ErasureView> erasures) {}

  /** An erasure as it is shown; see {@link RetentionLedger.Erasure}. */
  public record ErasureView(
      String id,
      String state,
      List<String> sessions,
      String cause,
      String by,
      String reason,
      Instant requestedAt,
      @Nullable Instant completedAt,
      long keys,
      List<String> acknowledged,
      List<String> bundles,
      List<String> feeds) {
    static ErasureView of(Erasure erasure) {
      return new ErasureView(
          erasure.id().toString(),
          erasure.state(),
          erasure.sessions().stream().map(SessionId::toString).toList(),
          erasure.cause(),
          erasure.by(),
          erasure.reason(),
          erasure.requestedAt(),
          erasure.completedAt(),
          erasure.keys(),
          erasure.acknowledged(),
          erasure.bundles(),
          erasure.feeds());
    }
  }

  /** All of them, oldest first. */
  List<ErasureView> all() {
    return Stages.await(ledger.erasures()).stream().map(ErasureView::of).toList();
  }

  /**
   * Erases sessions that have ended, a few hundred with each event.
   *
   * @param principal name in the chain of all of them, empty when nothing is said about it
   */
  public Answer erase(Set<SessionId> sessions, String principal, Principal by, String reason) {
    Set<SessionId> before = erased();
    List<SessionId> fresh = sessions.stream().filter(one -> !before.contains(one)).toList();
    for (int from = 0; from < fresh.size(); from += RetentionCommand.Erase.MOST) {
      List<SessionId> some =
          fresh.subList(from, Math.min(fresh.size(), from + RetentionCommand.Erase.MOST));
      commands.send(
          new RetentionCommand.Erase(ErasureId.next(), new HashSet<>(some), principal, by, reason));
    }
    return new Answer(
        fresh.size(),
        sessions.size() - fresh.size(),
        Stages.await(ledger.erasures()).stream()
            .filter(erasure -> erasure.sessions().stream().anyMatch(sessions::contains))
            .map(ErasureView::of)
            .toList());
  }

  private Set<SessionId> erased() {
    Set<SessionId> erased = new HashSet<>();
    Stages.await(ledger.erasures()).forEach(erasure -> erased.addAll(erasure.sessions()));
    return erased;
  }

  /** Sessions with this name in their chain, as far as the read models have come. */
  Set<SessionId> of(String principal) {
    Set<SessionId> sessions = new HashSet<>();
    String cursor = null;
    do {
      Page<SessionView> page =
          Stages.await(
              views.sessions(
                  Map.of("inChain", principal), new Page.Request(500, cursor, "openedAt")));
      page.items().forEach(session -> sessions.add(SessionId.parse(session.id())));
      cursor = page.next();
    } while (cursor != null);
    return sessions;
  }

  /** Reads the id of a session. */
  public static SessionId session(String id) {
    try {
      return SessionId.parse(id);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("session: (expected: the id of a session)", e);
    }
  }

  /** Checks words of 1 to 1,000 characters. */
  public static String reason(@Nullable String reason) {
    String words = reason == null ? "" : reason.strip();
    if (words.isEmpty() || words.length() > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason: " + words.length() + " characters (expected: 1 to " + LONGEST_REASON + ")");
    }
    return words;
  }
}
