package countersign.event;

/**
 * Names of the metadata that every event carries when it is read from the log through Axon. The
 * message's identifier is the event's id, its timestamp the time of the append, its tracking token
 * the position after it.
 */
public final class EventPlace {
  private EventPlace() {}

  /** Position in the log, decimal. */
  public static final String POSITION = "position";

  /** Session whose sequence the event belongs to; absent for events of no sequence. */
  public static final String SESSION = "session";

  /** Number in the session's sequence, decimal; absent for events of no sequence. */
  public static final String SEQUENCE = "sequence";
}
