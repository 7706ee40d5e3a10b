package countersign.event;

/**
 * Keys of the metadata that every event message read from the log carries, as decimal text. Event
 * processors see messages without their tokens, so the place in the log travels with the message.
 */
public final class EventMetadata {
  /** Place in the log, from 0 without a hole. */
  public static final String POSITION = "position";

  /** Number in the session's own sequence; absent for events of no session. */
  public static final String SESSION_SEQ = "session_seq";

  private EventMetadata() {}
}
