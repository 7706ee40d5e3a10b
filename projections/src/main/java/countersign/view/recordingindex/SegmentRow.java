package countersign.view.recordingindex;

import countersign.session.SessionEvent.SegmentRecorded;
import countersign.view.SegmentView;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** Where one piece of a recording stands. Never changed. */
@Entity
@Table(schema = "view", name = "segments")
@SuppressWarnings("NullAway.Init")
public class SegmentRow {
  @Id long position;

  @Column(name = "session_id")
  UUID session;

  long number;

  @Column(name = "in_from")
  long inFrom;

  @Column(name = "in_length")
  long inLength;

  @Column(name = "out_from")
  long outFrom;

  @Column(name = "out_length")
  long outLength;

  @Column(name = "from_micros")
  long fromMicros;

  @Column(name = "to_micros")
  long toMicros;

  /** For Hibernate. */
  protected SegmentRow() {}

  SegmentRow(long position, SegmentRecorded event) {
    this.position = position;
    session = event.session().value();
    number = event.number();
    inFrom = event.inFrom();
    inLength = event.inLength();
    outFrom = event.outFrom();
    outLength = event.outLength();
    fromMicros = event.fromMicros();
    toMicros = event.toMicros();
  }

  SegmentView view() {
    return new SegmentView(
        session.toString(),
        number,
        position,
        inFrom,
        inLength,
        outFrom,
        outLength,
        fromMicros,
        toMicros);
  }
}
