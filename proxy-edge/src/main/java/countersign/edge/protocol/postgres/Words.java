package countersign.edge.protocol.postgres;

import countersign.approval.ApprovalId;
import countersign.edge.gate.Hold;
import countersign.edge.gate.HoldEnd;
import countersign.identity.Authentication;
import countersign.operation.Decision;
import countersign.port.AppendRefused;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.postgres.grammar.Parse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the edge says, in PostgreSQL's own form. Texts are stable: tools and agents read them. */
final class Words {
  static final String CANCELED = "57014";
  static final String FORBIDDEN = "42501";

  /** Why what holds masks is not written. */
  static final String MASK_AS_DATA = "a masked value is never written as data";

  private Words() {}

  static ErrorFields error(String code, String message) {
    return ErrorFields.of("ERROR", code, "countersign: " + message);
  }

  static ErrorFields fatal(String code, String message) {
    return ErrorFields.of("FATAL", code, "countersign: " + message);
  }

  static ErrorFields violation(ProtocolViolation violation) {
    return error(violation.sqlState(), String.valueOf(violation.getMessage()));
  }

  static ErrorFields blocked(Decision.Blocked decision) {
    String detail = "Rule: " + decision.rule() + ".";
    if (!decision.wouldAllow().isEmpty()) {
      detail += " Duty that would have allowed it: " + decision.wouldAllow() + ".";
    }
    return error(FORBIDDEN, "blocked: " + decision.reason())
        .withDetail(detail)
        .withHint(
            decision.ask().isEmpty()
                ? "SHOW countersign.may lists what you may do here."
                : decision.ask());
  }

  /**
   * A refusal; of a text that is no SQL it is PostgreSQL's own error, for that is what its writer
   * has to mend.
   */
  static ErrorFields blocked(Decision.Blocked decision, Parse.@Nullable Rejected rejected) {
    ErrorFields plain = blocked(decision);
    if (rejected == null || rejected.why().isEmpty()) {
      return plain;
    }
    ErrorFields error =
        ErrorFields.of("ERROR", "42601", rejected.why())
            .withDetail(
                "countersign: read with the grammar of PostgreSQL "
                    + rejected.major()
                    + "; nothing was sent. "
                    + plain.detail());
    return rejected.cursor() == 0 ? error : error.with('P', Integer.toString(rejected.cursor()));
  }

  static ErrorFields notAuthenticated(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return fatal(
        "28P01",
        cause instanceof Authentication.Refused refused
            ? String.valueOf(refused.getMessage())
            : "the token cannot be verified now");
  }

  static ErrorFields noLease() {
    return error("57P03", "nothing new is decided: the edge has lost touch with control")
        .withHint("Try again in a few seconds.");
  }

  static ErrorFields record(AppendRefused why) {
    return fatal("58030", "the record cannot be written: " + why.getMessage())
        .withHint("Nothing was forwarded that is not on record. Try again later.");
  }

  static ErrorFields held(Hold hold, String publicUrl, boolean wrote) {
    return ErrorFields.of(
            "NOTICE",
            "00000",
            "countersign: held "
                + hold.id()
                + " until "
                + hold.expires().truncatedTo(ChronoUnit.SECONDS))
        .withDetail(
            "Rule: "
                + hold.decision().reason()
                + (wrote ? ". The transaction has written and is held open until then." : ""))
        .withHint(publicUrl + "/approvals/" + hold.id());
  }

  static ErrorFields modified(String by, String text) {
    return ErrorFields.of("NOTICE", "00000", "countersign: modified by " + by + ", runs instead")
        .withDetail(text);
  }

  private static ErrorFields filed(ApprovalId id, Instant expires, String rule, String publicUrl) {
    return error(
            FORBIDDEN,
            "waits for approval "
                + id
                + " until "
                + expires.truncatedTo(ChronoUnit.SECONDS)
                + ": run it again when approved")
        .withDetail("Rule: " + rule + ".")
        .withHint(publicUrl + "/approvals/" + id);
  }

  static ErrorFields refusal(HoldEnd end, String publicUrl) {
    return switch (end) {
      case HoldEnd.Run _ -> throw new IllegalArgumentException("end: run (expected: a refusal)");
      case HoldEnd.Blocked(var decision) -> blocked(decision);
      case HoldEnd.Denied(String by, String reason, String rule) ->
          error(FORBIDDEN, "denied by " + by + (reason.isEmpty() ? "" : ": " + reason))
              .withDetail("Rule: " + rule + ".");
      case HoldEnd.Expired(String rule) ->
          error(FORBIDDEN, "expired: nobody answered in time").withDetail("Rule: " + rule + ".");
      case HoldEnd.Filed(var id, var expires, String rule) -> filed(id, expires, rule, publicUrl);
      case HoldEnd.Withdrawn(String why) -> error(CANCELED, "withdrawn: " + why);
      case HoldEnd.Failed(String why) -> error("58000", "the approval was not taken: " + why);
    };
  }

  static ErrorFields reasonRequired(String rule) {
    return error(FORBIDDEN, "held operations need a stated reason here")
        .withDetail("Rule: " + rule + ".")
        .withHint("SET countersign.reason = 'why you need this'; then send the statement again.");
  }

  static ErrorFields masksChanged() {
    return error("0A000", "the masks of this target have changed")
        .withHint("Connect again: a new session begins with the masks in force.");
  }

  static ErrorFields rightLent() {
    return error("55000", "the right of the approved statement before this one ends with its Sync")
        .withHint("Send Sync after a statement that needs an approval.");
  }

  static ErrorFields failedTransaction() {
    return ErrorFields.of(
        "ERROR",
        "25P02",
        "current transaction is aborted, commands ignored until end of transaction block");
  }
}
