package countersign.view.configuration;

import countersign.port.SessionSealing;
import countersign.session.SessionId;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Seals by turning bits round, until a session is erased. */
final class Sealing implements SessionSealing {
  final Set<SessionId> erased = ConcurrentHashMap.newKeySet();

  @Override
  public byte[] seal(SessionId session, byte[] plain) {
    return erased.contains(session) ? new byte[0] : turned(session, plain);
  }

  @Override
  public Optional<byte[]> open(SessionId session, byte[] sealed) {
    return erased.contains(session) || sealed.length == 0
        ? Optional.empty()
        : Optional.of(turned(session, sealed));
  }

  private static byte[] turned(SessionId session, byte[] bytes) {
    byte[] turned = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < turned.length; i++) {
      turned[i] ^= (byte) (0x55 ^ session.value().getLeastSignificantBits());
    }
    return turned;
  }
}
