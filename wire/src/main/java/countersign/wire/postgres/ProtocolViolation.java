package countersign.wire.postgres;

/**
 * Bytes that are not the protocol. The message names the field, its value and what was expected,
 * never content of the stream.
 */
public final class ProtocolViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code protocol_violation}: the stream cannot be trusted any more. */
  public static final String PROTOCOL = "08P01";

  /** {@code character_not_in_repertoire}: the framing is fine, a text is not UTF-8. */
  public static final String ENCODING = "22021";

  /** {@code feature_not_supported}: another major version of the protocol. */
  public static final String VERSION = "0A000";

  private final String sqlState;
  private final boolean unspoken;

  private ProtocolViolation(String message, String sqlState, boolean unspoken) {
    super(message, null, false, false);
    this.sqlState = sqlState;
    this.unspoken = unspoken;
  }

  /** The stream is broken: it must be closed. */
  public static ProtocolViolation of(String message) {
    return new ProtocolViolation(message, PROTOCOL, false);
  }

  /** The peer takes its leave before it greeted. */
  static ProtocolViolation unspoken(String message) {
    return new ProtocolViolation(message, PROTOCOL, true);
  }

  /** One text is not UTF-8; the stream itself is still in step. */
  public static ProtocolViolation encoding(String message) {
    return new ProtocolViolation(message, ENCODING, false);
  }

  /** The client speaks a version of the protocol that nobody here does. */
  static ProtocolViolation version(String message) {
    return new ProtocolViolation(message, VERSION, false);
  }

  /** {@link #PROTOCOL}, {@link #ENCODING} or {@link #VERSION}. */
  public String sqlState() {
    return sqlState;
  }

  /**
   * Whether no word was spoken yet: a server hangs up on such a peer without one
   * (backend_startup.c, ProcessStartupPacket: "invalid length of startup packet" is only logged).
   */
  public boolean unspoken() {
    return unspoken;
  }
}
