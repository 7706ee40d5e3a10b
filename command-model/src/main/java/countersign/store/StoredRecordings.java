package countersign.store;

import countersign.port.Recordings;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionStage;

/** Reads pieces of recordings from the log. */
record StoredRecordings(EventLog log) implements Recordings {

  @Override
  public CompletionStage<SegmentRecorded> read(SessionId session, long position) {
    return log.read(position, 1, List.of()).thenApply(found -> segment(session, position, found));
  }

  private static SegmentRecorded segment(
      SessionId session, long position, List<StoredEvent> found) {
    for (StoredEvent event : found) {
      if (event.position() == position && session.equals(event.session())) {
        if (event.event() instanceof SegmentRecorded segment) {
          return segment;
        }
        if (event.event() instanceof StoredEvent.Unreadable(_, _, var why)) {
          throw new NoSuchElementException(
              "position: " + position + ": the segment of session " + session + " is " + why);
        }
      }
    }
    throw new NoSuchElementException(
        "position: " + position + " (expected: a segment of session " + session + ")");
  }
}
