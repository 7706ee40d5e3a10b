package countersign.store.group;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event, sealed, as it will stand in the table; all but its position.
 *
 * @param micros when, in microseconds since 1970
 * @param keyId key that sealed it, null when nothing is sealed
 * @param commitment commitment to the event's key, null when nothing is sealed
 */
public record Row(
    UUID id,
    String type,
    int version,
    @Nullable UUID session,
    long sessionSeq,
    long micros,
    List<String> tags,
    String clear,
    byte[] sealed,
    @Nullable UUID keyId,
    byte @Nullable [] commitment,
    byte[] leaf) {

  private static final int FIXED = 256;

  /** What it costs to keep and to send, about. */
  public int bytes() {
    int tagged = 0;
    for (String tag : tags) {
      tagged += 2 * tag.length() + 48;
    }
    return FIXED + clear.length() + sealed.length + tagged;
  }
}
