package countersign.edge.protocol.postgres;

import countersign.masking.TokenWatch;
import countersign.wire.postgres.Piece;

/**
 * Finds what stands in the place of masked values in what a caller copies in, however the data is
 * cut into messages and the messages into pieces. Confined to the event loop.
 */
final class CopyTokens {
  private static final int HEADER = 5;

  private final TokenWatch watch = new TokenWatch();

  /** Bytes seen of the header of the message under way. */
  private int header;

  private int length;

  /** Bytes of its data still to come. */
  private int remaining;

  /** Looks at the next piece of CopyData messages; whether a token is in it. */
  boolean in(Piece piece) {
    return piece.bytes().forEachByte(b -> !next(b)) >= 0;
  }

  private boolean next(byte b) {
    if (remaining > 0) {
      remaining--;
      return watch.next(b);
    }
    length = header == 0 ? 0 : length << 8 | b & 0xff;
    if (++header == HEADER) {
      remaining = length - 4;
      header = 0;
    }
    return false;
  }
}
