package countersign.secret;

import countersign.event.Clear;
import countersign.event.Event;
import countersign.identity.Principal;
import java.time.Instant;

/** What happens to sealed credentials; never their value. */
public sealed interface SecretEvent extends Event {

  /** Somebody set a credential, or is about to: durable before it is stored. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "SecretSet", version = "1")
  record Set(@Clear Instant at, String name, Principal by) implements SecretEvent {}
}
