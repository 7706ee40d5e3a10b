package countersign.store;

import countersign.event.KeyScope;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.util.List;
import java.util.Set;

/** Events to append. */
public final class Samples {
  private Samples() {}

  public static SessionEvent decided(SessionId session, String text) {
    return new SessionEvent.OperationDecided(
        session,
        OperationId.next(),
        DecisionKind.allowed,
        Set.of(Effect.read),
        7,
        "00".repeat(32),
        null,
        null,
        false,
        text,
        List.of(),
        Facts.NONE,
        "duty/1",
        "because");
  }

  public static SessionEvent segment(SessionId session, long number, int bytes) {
    return new SessionEvent.SegmentRecorded(session, number, 0, 0, 0, bytes, 0, 1, new byte[bytes]);
  }

  public static Item item(SessionId session, long seq, String text) {
    return new Item(
        List.of(
            new Draft(
                decided(session, text), new KeyScope.OfSession(session), session, seq, Set.of())),
        null,
        Urgency.decision);
  }

  /** An event outside of the session's numbers, with a tag. */
  public static Item tagged(SessionId session, String tag, Condition condition) {
    return new Item(
        List.of(Draft.of(decided(session, tag), new KeyScope.OfSession(session), Set.of(tag))),
        condition,
        Urgency.decision);
  }

  public static String text(StoredEvent event) {
    return ((SessionEvent.OperationDecided) event.event()).text();
  }
}
