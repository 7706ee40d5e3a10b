package countersign.masking;

import java.nio.charset.StandardCharsets;

/**
 * Finds what stands in the place of masked values in a stream of bytes, wherever it is cut. Not
 * thread-safe.
 */
public final class TokenWatch {
  private static final byte[] BEGIN = Masked.BEGIN.getBytes(StandardCharsets.US_ASCII);

  /** How much of the beginning has been seen; all of it where only what follows is missing. */
  private int matched;

  /**
   * Looks at the next byte.
   *
   * @return whether a token has begun with it
   */
  public boolean next(byte b) {
    if (matched == BEGIN.length) {
      matched = 0;
      if (b == ']' || b == ' ' || b == ':') {
        return true;
      }
    }
    // No part of the beginning but its first byte begins it anew.
    matched = b == BEGIN[matched] ? matched + 1 : b == BEGIN[0] ? 1 : 0;
    return false;
  }
}
