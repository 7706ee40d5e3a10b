package countersign.view.sessions;

import countersign.retention.RetentionEvent;
import countersign.session.SessionEvent;
import countersign.view.SessionView;
import countersign.view.projections.Projected;
import countersign.view.projections.Sealed;
import countersign.view.projections.Words;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One session. */
@Entity
@Table(schema = "view", name = "sessions")
@SuppressWarnings("NullAway.Init")
public class SessionRow {
  @Id UUID id;
  long position;
  String state;
  String protocol;
  String recording;
  String principal;
  List<String> chain;
  List<String> people;
  String target;
  String database;
  String role;
  String client;
  String application;

  @Column(name = "opened_at")
  Instant openedAt;

  @Column(name = "closed_at")
  @Nullable Instant closedAt;

  @Column(name = "ended")
  String end;

  long operations;
  long held;
  long blocked;
  @Nullable Long segments;

  @Column(name = "bytes_in")
  @Nullable Long bytesIn;

  @Column(name = "bytes_out")
  @Nullable Long bytesOut;

  @Column(name = "gap_from")
  @Nullable Long gapFrom;

  @Column(name = "gap_at")
  @Nullable Instant gapAt;

  @Column(name = "erased_at")
  @Nullable Instant erasedAt;

  /** For Hibernate. */
  protected SessionRow() {}

  SessionRow(Sealed sealed, Projected opened, SessionEvent.Opened event) {
    id = event.session().value();
    position = opened.position();
    state = "open";
    protocol = event.protocol();
    recording = event.recording();
    principal = Words.text(event.principal().name());
    chain = Words.chain(event.principal());
    people = Words.people(event.principal());
    target = Words.text(event.target());
    database = "";
    role = "";
    client = "";
    application =
        sealed.words(
            id,
            Words.text(event.database()),
            Words.text(event.role()),
            Words.text(event.client()),
            Words.text(event.application()));
    openedAt = Words.time(opened.at());
    end = "";
  }

  /** What stays of an erased session; the same whether the row was there before or not. */
  static SessionRow erased(RetentionEvent.ErasedSession session) {
    SessionRow row = new SessionRow();
    row.id = session.session().value();
    row.openedAt = Words.time(session.openedAt());
    return row;
  }

  void erase(long at, Instant when, RetentionEvent.ErasedSession session) {
    position = at;
    state = "erased";
    protocol = "";
    recording = "";
    principal = "";
    chain = List.of();
    people = List.of();
    target = "";
    database = "";
    role = "";
    client = "";
    application = "";
    closedAt = Words.time(session.endedAt());
    end = "";
    operations = 0;
    held = 0;
    blocked = 0;
    segments = 0L;
    bytesIn = 0L;
    bytesOut = 0L;
    gapFrom = null;
    gapAt = null;
    erasedAt = Words.time(when);
  }

  boolean erased() {
    return erasedAt != null;
  }

  void decided(SessionEvent.OperationDecided event) {
    operations++;
    switch (event.decision()) {
      case held -> held++;
      case blocked -> blocked++;
      case allowed -> {}
    }
  }

  void closed(Projected at, SessionEvent.Closed event) {
    state = "closed";
    closedAt = Words.time(at.at());
    end = event.end();
    segments = event.segments();
    bytesIn = event.bytesIn();
    bytesOut = event.bytesOut();
  }

  void interrupted(SessionEvent.Interrupted event) {
    state = "interrupted";
    closedAt = Words.time(event.gap().to());
    end = "edge";
    gapFrom = event.gap().outFrom();
    gapAt = Words.time(event.gap().from());
  }

  /** Whether the recording's size is still counted from the index. */
  boolean growing() {
    return segments == null;
  }

  /** Identifies it. */
  public UUID id() {
    return id;
  }

  /** When it opened. */
  public Instant openedAt() {
    return openedAt;
  }

  SessionView view(Sealed sealed, Recorded recorded) {
    List<@Nullable String> words =
        erased() ? List.of("", "", "", "") : sealed.open(id, application, 4);
    return new SessionView(
        id.toString(),
        state,
        protocol,
        recording,
        principal,
        chain,
        people,
        target,
        String.valueOf(words.get(0)),
        String.valueOf(words.get(1)),
        String.valueOf(words.get(2)),
        String.valueOf(words.get(3)),
        openedAt,
        closedAt,
        end,
        operations,
        held,
        blocked,
        segments == null ? recorded.segments() : segments,
        bytesIn == null ? recorded.bytesIn() : bytesIn,
        bytesOut == null ? recorded.bytesOut() : bytesOut,
        gapFrom,
        gapAt,
        erasedAt);
  }

  /**
   * How much of a recording is durable.
   *
   * @param segments pieces
   * @param bytesIn bytes of the caller's direction
   * @param bytesOut bytes of the target's direction
   */
  record Recorded(long segments, long bytesIn, long bytesOut) {
    static final Recorded NOTHING = new Recorded(0, 0, 0);
  }
}
