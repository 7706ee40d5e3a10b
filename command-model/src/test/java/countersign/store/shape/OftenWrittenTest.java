package countersign.store.shape;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import countersign.approval.ApprovalId;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.SessionEvent.MaskedFields;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.MaskingsApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionEvent.OperationDecided;
import countersign.session.SessionEvent.OperationsCompleted;
import countersign.session.SessionEvent.OperationsDecided;
import countersign.session.SessionId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written by hand is what reflection would write. */
class OftenWrittenTest {
  private static final JsonMapper BY_HAND = EventTypes.mapper();
  private static final JsonMapper BY_REFLECTION =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  static List<Object> events() {
    SessionId session = SessionId.next();
    OperationDecided bare =
        new OperationDecided(
            session,
            OperationId.next(),
            DecisionKind.allowed,
            EnumSet.of(Effect.read),
            7,
            "d",
            null,
            null,
            false,
            "",
            List.of(),
            Facts.NONE,
            "r",
            "");
    OperationDecided full =
        new OperationDecided(
            session,
            OperationId.next(),
            DecisionKind.held,
            EnumSet.allOf(Effect.class),
            Long.MAX_VALUE,
            "d",
            new ApprovalId("apr-7k2m9xw4c8tn5rbj"),
            OperationId.next(),
            true,
            "select '\u0000 \" \\ \n \u00e9 \ud83d\ude00'",
            Arrays.asList("a", null, ""),
            new Facts("g", List.of("s", "t"), List.of("r"), List.of("f"), List.of("e"), 3L),
            "d/1",
            "why");
    OperationCompleted completed =
        new OperationCompleted(session, OperationId.next(), "ok", "00000", -1, 2, 3, "SELECT 1");
    MaskingApplied masking =
        new MaskingApplied(
            session,
            OperationId.next(),
            List.of(
                new MaskedFields("r", "c", "", "hide", 2), new MaskedFields("", "", "", "", 0)));
    return List.of(
        bare,
        full,
        completed,
        masking,
        bare.facts(),
        full.facts(),
        session,
        full.operation(),
        new OperationsDecided(session, List.of(bare, full)),
        new OperationsCompleted(session, List.of(completed)),
        new MaskingsApplied(session, List.of(masking)));
  }

  @ParameterizedTest
  @MethodSource("events")
  void writesTheSame(Object value) throws Exception {
    assertThat(BY_HAND.writeValueAsString(value))
        .isEqualTo(BY_REFLECTION.writeValueAsString(value));
  }
}
