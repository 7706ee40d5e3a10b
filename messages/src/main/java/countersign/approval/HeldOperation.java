package countersign.approval;

import countersign.duty.Rule;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.Operation;
import countersign.operation.OperationBytes;
import countersign.operation.OperationDigest;
import countersign.operation.OperationId;
import countersign.session.SessionId;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an approver is asked about: all of it is bound by the digest or shown beside it.
 *
 * @param session the session that waits
 * @param operation the operation held
 * @param digest what the approval is bound to
 * @param dutiesAt version of the duties that held it
 * @param principal who asks, with the chain
 * @param text exact text
 * @param binds bind values
 * @param effects what it does
 * @param rule rule that held it
 * @param hold terms of the hold
 * @param why the rule's words
 * @param statedReason the caller's words, empty for none
 * @param inTransaction whether the session holds a transaction that has written
 * @param modifiable whether an approver may change the text
 * @param rest where the text may be changed, the operation's bytes after its text, as Base64
 * @param context what helps to decide
 */
public record HeldOperation(
    SessionId session,
    OperationId operation,
    String digest,
    long dutiesAt,
    Principal principal,
    String protocol,
    String target,
    String database,
    String role,
    String text,
    List<@Nullable String> binds,
    Set<Effect> effects,
    String rule,
    Rule.Hold hold,
    String why,
    String statedReason,
    boolean inTransaction,
    boolean modifiable,
    String rest,
    Context context) {

  /**
   * The digest of another text in place of the held one, over the duties that held it: what an
   * approval is bound to once an approver modified it. What is not the text stays as it is.
   */
  public String digestOf(String other) {
    return OperationDigest.of(
        new Operation(
            principal,
            target,
            database,
            role,
            other,
            OperationBytes.of(other, Base64.getDecoder().decode(rest)),
            List.of(),
            effects,
            Facts.NONE,
            statedReason),
        dutiesAt);
  }
}
