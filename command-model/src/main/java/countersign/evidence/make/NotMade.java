package countersign.evidence.make;

import java.io.IOException;

/** A bundle is not made, for a reason that whoever asked should read. */
final class NotMade extends IOException {
  private static final long serialVersionUID = 1L;

  NotMade(String message) {
    super(message);
  }
}
