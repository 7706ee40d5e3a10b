package countersign.port;

import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import java.util.concurrent.CompletionStage;

/** Reads the durable pieces of a recording. */
public interface Recordings {

  /**
   * Reads one piece.
   *
   * @param position its position in the log, from the recording index
   * @return the opened segment; exceptionally with {@link java.util.NoSuchElementException} when no
   *     segment of that session stands there
   */
  CompletionStage<SegmentRecorded> read(SessionId session, long position);
}
