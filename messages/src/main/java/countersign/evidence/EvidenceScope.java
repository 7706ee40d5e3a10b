package countersign.evidence;

import countersign.approval.ApprovalId;
import countersign.session.SessionId;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What evidence is about. A time alone means every event of the log in it; anything else means the
 * whole sessions that match everything given, those that were open in the time when one is given.
 *
 * @param session one session
 * @param who name of a principal, or of the person behind one, anywhere in the chain; empty for any
 * @param duty name of a duty that decided an operation; empty for any
 * @param target name of a target; empty for any
 * @param approval the session of one approval
 * @param ticket the number of a ticket that a held operation's caller stated, by itself or as a
 *     word of the reason; empty for any
 * @param from first moment, null for the beginning
 * @param to first moment after, null for now
 */
public record EvidenceScope(
    @Nullable SessionId session,
    String who,
    String duty,
    String target,
    @Nullable ApprovalId approval,
    String ticket,
    @Nullable Instant from,
    @Nullable Instant to) {
  private static final int LONGEST = 200;

  public EvidenceScope {
    word("who", who);
    word("duty", duty);
    word("target", target);
    word("ticket", ticket);
    if (from != null && to != null && !from.isBefore(to)) {
      throw new IllegalArgumentException("from: " + from + " (expected: before to, " + to + ")");
    }
    if (!bySession(session, who, duty, target, approval, ticket) && from == null && to == null) {
      throw new IllegalArgumentException(
          "scope: nothing (expected: session, who, duty, target, approval, ticket, last, from or"
              + " to)");
    }
  }

  private static void word(String name, String word) {
    if (word.length() > LONGEST || word.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          name
              + ": "
              + word.length()
              + " characters (expected: at most "
              + LONGEST
              + ", no control characters)");
    }
  }

  private static boolean bySession(
      @Nullable SessionId session,
      String who,
      String duty,
      String target,
      @Nullable ApprovalId approval,
      String ticket) {
    return session != null || approval != null || !(who + duty + target + ticket).isEmpty();
  }

  /** Whether it asks for sessions; otherwise for a time alone. */
  public boolean asksForSessions() {
    return bySession(session, who, duty, target, approval, ticket);
  }

  /** What was asked for by name, only what was given. */
  public Map<String, String> query() {
    Map<String, String> query = new TreeMap<>();
    put(query, "session", session);
    put(query, "who", who);
    put(query, "duty", duty);
    put(query, "target", target);
    put(query, "approval", approval);
    put(query, "ticket", ticket);
    put(query, "from", from);
    put(query, "to", to);
    return query;
  }

  private static void put(Map<String, String> query, String name, @Nullable Object value) {
    if (value != null && !value.toString().isEmpty()) {
      query.put(name, value.toString());
    }
  }
}
