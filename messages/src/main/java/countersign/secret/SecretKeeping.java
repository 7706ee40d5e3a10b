package countersign.secret;

import countersign.identity.Principal;
import java.util.concurrent.CompletionStage;

/** Where credentials are set; there is no way to read them here. */
public interface SecretKeeping {

  /**
   * Sets a credential; the one before it is destroyed.
   *
   * @param name letters, digits, {@code .}, {@code _} and {@code -}, at most 63
   * @param value UTF-8, 1 to 65,536 bytes; not changed, the caller's to wipe after completion
   * @param by who sets it, authenticated; needs the power {@code administer}
   * @return completes when it is durable and in use from the next dial on; exceptionally with
   *     {@link IllegalArgumentException} for a name or value that is none, never holding the value,
   *     with {@link countersign.port.AppendRefused} when the store does not answer
   */
  CompletionStage<Void> set(String name, byte[] value, Principal by);
}
