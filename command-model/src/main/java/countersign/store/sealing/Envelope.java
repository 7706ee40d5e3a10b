package countersign.store.sealing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside sealed bytes and is bound to them: moved to another event, they do not open.
 *
 * @param id UUID of the event
 * @param type name of the event
 * @param version version of its shape
 * @param session session whose sequence it belongs to, or null
 * @param sessionSeq number in it, -1 without one
 */
public record Envelope(UUID id, String type, int version, @Nullable UUID session, long sessionSeq) {

  /** The associated data: id, version, session (zeros for none), number, then the type. */
  byte[] associated() {
    byte[] name = type.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(16 + 4 + 16 + 8 + name.length);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    bytes.putInt(version);
    bytes.putLong(session == null ? 0 : session.getMostSignificantBits());
    bytes.putLong(session == null ? 0 : session.getLeastSignificantBits());
    return bytes.putLong(sessionSeq).put(name).array();
  }

  byte[] idBytes() {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }
}
