package countersign.api.evidence;

import countersign.approval.ApprovalId;
import countersign.evidence.EvidenceRequest;
import countersign.evidence.EvidenceScope;
import countersign.identity.Principal;
import countersign.session.SessionId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What evidence is asked for. A time alone means every event in it; anything else the whole
 * sessions that match all that is given.
 *
 * @param who name of a principal, or of the person behind one, anywhere in the chain
 * @param ticket a word in the reason that a held operation's caller stated
 * @param last the time up to now, such as {@code 90s}, {@code 1h} or {@code 30d}; instead of from
 * @param from RFC 3339
 * @param to RFC 3339
 * @param disclose whether content goes in; metadata only when absent
 * @param recipient an age recipient, {@code age1…}, who alone can open the file
 * @param purpose why it is needed, 1 to 1,000 characters
 */
@Schema(name = "EvidenceRequest")
public record Asking(
    @Schema(nullable = true) @Nullable String session,
    @Schema(nullable = true) @Nullable String who,
    @Schema(nullable = true) @Nullable String duty,
    @Schema(nullable = true) @Nullable String target,
    @Schema(nullable = true) @Nullable String approval,
    @Schema(nullable = true) @Nullable String ticket,
    @Schema(nullable = true) @Nullable String last,
    @Schema(nullable = true) @Nullable String from,
    @Schema(nullable = true) @Nullable String to,
    @Schema(nullable = true) @Nullable Boolean disclose,
    @Schema(nullable = true) @Nullable String recipient,
    @Schema(nullable = true) @Nullable String purpose) {
  private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  EvidenceRequest by(Principal principal, Instant now) {
    if (given(last) && (given(from) || given(to))) {
      throw new IllegalArgumentException("last: " + last + " (expected: alone, or from and to)");
    }
    return new EvidenceRequest(
        new EvidenceScope(
            given(session) ? session(session) : null,
            word(who),
            word(duty),
            word(target),
            given(approval) ? new ApprovalId(word(approval)) : null,
            word(ticket),
            given(last) ? now.minus(span(word(last))) : time("from", from),
            time("to", to)),
        Boolean.TRUE.equals(disclose),
        word(recipient),
        word(purpose),
        principal);
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static String word(@Nullable String text) {
    return text == null ? "" : text.strip();
  }

  private static SessionId session(@Nullable String text) {
    try {
      return SessionId.parse(word(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "session: " + word(text) + " (expected: a session's id)", e);
    }
  }

  private static Duration span(String text) {
    Matcher span = SPAN.matcher(text);
    if (!span.matches()) {
      throw new IllegalArgumentException(
          "last: " + text + " (expected: such as 90s, 45m, 1h, 30d)");
    }
    long number = Long.parseLong(span.group(1));
    return switch (span.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    if (!given(text)) {
      return null;
    }
    try {
      return Instant.parse(word(text));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          name + ": " + word(text) + " (expected: RFC 3339, such as 2026-11-21T14:00:00Z)", e);
    }
  }
}
