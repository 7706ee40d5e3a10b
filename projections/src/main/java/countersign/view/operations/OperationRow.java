package countersign.view.operations;

import countersign.operation.DecisionKind;
import countersign.session.SessionEvent;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionEvent.OperationDecided;
import countersign.view.OperationView;
import countersign.view.projections.Lists;
import countersign.view.projections.Projected;
import countersign.view.projections.Sealed;
import countersign.view.projections.Words;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One operation. */
@Entity
@Table(schema = "view", name = "operations")
@SuppressWarnings("NullAway.Init")
public class OperationRow {
  /** Such as {@code INSERT 0 1}: nobody's words. What else a target may say is sealed. */
  private static final Pattern OF_THE_PROTOCOL = Pattern.compile("[A-Z ]{0,40}[0-9 ]{0,40}");

  private static final String SEALED = "sealed:";

  @Id UUID id;

  @Column(name = "session_id")
  UUID session;

  long seq;
  long position;

  @Column(name = "batch_index")
  int batchIndex;

  long changed;
  Instant at;
  String decision;
  List<String> effects;
  String rule;
  String reason;
  String text;
  String binds;
  String digest;
  @Nullable String approval;
  @Nullable UUID replaces;

  @Column(name = "by_edge")
  boolean byEdge;

  String state;
  @Nullable String status;
  @Nullable String tag;

  @Column(name = "row_count")
  @Nullable Long rows;

  @Nullable Long bytes;

  @Column(name = "micros")
  @Nullable Long duration;

  /** For Hibernate. */
  protected OperationRow() {}

  OperationRow(Sealed sealed, Projected projected, int index, OperationDecided event) {
    id = event.operation().value();
    session = event.session().value();
    seq = projected.sessionSeq();
    position = projected.position();
    batchIndex = index;
    changed = projected.position();
    at = Words.time(projected.at());
    decision = event.decision().name();
    effects = Words.sorted(event.effects());
    rule = "";
    reason = "";
    binds = "";
    text =
        sealed.words(
            session,
            Words.text(event.rule()),
            Words.text(event.reason()),
            Words.text(event.text()),
            Lists.write(
                event.binds().stream()
                    .map(bind -> bind == null ? null : Words.text(bind))
                    .toList()),
            event.digest());
    digest = "";
    approval = event.approval() == null ? null : event.approval().value();
    replaces = event.replaces() == null ? null : event.replaces().value();
    byEdge = event.byEdge();
    state = stateOf(event.decision());
  }

  /** Only what the end of an operation says of it. */
  OperationRow(Projected projected, SessionEvent event, UUID operation) {
    id = operation;
    session = event.session().value();
    changed = projected.position();
  }

  private static String stateOf(DecisionKind decision) {
    return switch (decision) {
      case allowed -> "running";
      case held -> "decided";
      case blocked -> "refused";
    };
  }

  boolean waiting() {
    return state.equals("decided");
  }

  void completed(Sealed sealed, OperationCompleted event) {
    state = event.outcome();
    status = event.status();
    tag =
        OF_THE_PROTOCOL.matcher(event.tag()).matches()
            ? event.tag()
            : SEALED + sealed.words(session, Words.text(event.tag()));
    rows = event.rows() < 0 ? null : event.rows();
    bytes = event.bytes();
    duration = event.micros();
  }

  /**
   * Shows the row.
   *
   * @param openedAt when its session opened; null while that is not known yet
   */
  OperationView view(Sealed sealed, @Nullable Instant openedAt) {
    List<@Nullable String> words = sealed.open(session, text, 5);
    String lists = String.valueOf(words.get(3));
    return new OperationView(
        id.toString(),
        session.toString(),
        seq,
        position,
        at,
        openedAt == null ? 0 : Math.max(0, Duration.between(openedAt, at).toNanos() / 1_000),
        decision,
        effects,
        String.valueOf(words.get(0)),
        String.valueOf(words.get(1)),
        String.valueOf(words.get(2)),
        lists.isEmpty() ? List.of() : Lists.binds(lists),
        String.valueOf(words.get(4)),
        approval,
        replaces == null ? null : replaces.toString(),
        byEdge,
        state,
        status,
        tag != null && tag.startsWith(SEALED)
            ? sealed.one(session, tag.substring(SEALED.length()))
            : tag,
        rows,
        bytes,
        duration);
  }
}
