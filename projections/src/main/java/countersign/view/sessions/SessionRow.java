package countersign.view.sessions;

import countersign.session.SessionEvent;
import countersign.view.SessionView;
import countersign.view.projections.Projected;
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

  /** For Hibernate. */
  protected SessionRow() {}

  SessionRow(Projected opened, SessionEvent.Opened event) {
    id = event.session().value();
    position = opened.position();
    state = "open";
    protocol = event.protocol();
    recording = event.recording();
    principal = Words.text(event.principal().name());
    chain = Words.chain(event.principal());
    people = Words.people(event.principal());
    target = Words.text(event.target());
    database = Words.text(event.database());
    role = Words.text(event.role());
    client = Words.text(event.client());
    application = Words.text(event.application());
    openedAt = Words.time(opened.at());
    end = "";
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

  SessionView view(Recorded recorded) {
    return new SessionView(
        id.toString(),
        state,
        protocol,
        recording,
        principal,
        chain,
        people,
        target,
        database,
        role,
        client,
        application,
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
        gapAt);
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
