package countersign.view.projections;

import countersign.port.SessionSealing;
import countersign.session.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Words as rows hold them: sealed under their session's key, as Base64. What people typed or saw
 * never stands in a table, in PostgreSQL's log or in its backups in the clear, so destroying the
 * key is all it takes to forget it. Thread-safe.
 */
public final class Sealed {
  private volatile @Nullable SessionSealing sealing;

  /** Seals with this from now on; before the first row is written or read. */
  public void with(SessionSealing keys) {
    sealing = keys;
  }

  /** Seals some words together; what they hold is free, also null. */
  public String words(UUID session, @Nullable String... words) {
    byte[] plain = Lists.write(java.util.Arrays.asList(words)).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(sealing().seal(new SessionId(session), plain));
  }

  /**
   * Opens what was sealed together.
   *
   * @param count how many there were
   * @return them; as many empty words when the session was erased
   */
  public List<@Nullable String> open(UUID session, String sealed, int count) {
    return sealing()
        .open(new SessionId(session), Base64.getDecoder().decode(sealed))
        .map(plain -> Lists.binds(new String(plain, StandardCharsets.UTF_8)))
        .filter(words -> words.size() == count)
        .orElseGet(() -> Collections.nCopies(count, ""));
  }

  /** The one word of a row, null for none there. */
  public @Nullable String one(UUID session, @Nullable String sealed) {
    return sealed == null ? null : open(session, sealed, 1).getFirst();
  }

  private SessionSealing sealing() {
    SessionSealing keys = sealing;
    if (keys == null) {
      throw new IllegalStateException(
          "read models: no keys yet (expected: after the store opened)");
    }
    return keys;
  }
}
