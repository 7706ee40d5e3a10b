package countersign.api.access;

import countersign.identity.Principal;
import countersign.retention.Forgetting;
import countersign.session.SessionCommand;
import countersign.session.SessionId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;

/** Sends commands and waits until their events are durable. Call it on virtual threads. */
@ApplicationScoped
public class Commands implements Forgetting {
  /** Looking again within this time is the same look. */
  private static final Duration ONE_LOOK = Duration.ofMinutes(1);

  private static final int MOST_LOOKS = 10_000;

  private final CommandGateway gateway;
  private final Map<Look, Instant> looks =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Look, Instant> eldest) {
          return size() > MOST_LOOKS;
        }
      };

  /** Sends through this. */
  @Inject
  public Commands(CommandGateway gateway) {
    this.gateway = gateway;
  }

  /** Sends one; fails as the command's handler refuses. */
  public void send(Object command) {
    Object answer = Stages.await(gateway.send(command).getResultMessage());
    if (answer == null) {
      throw new IllegalStateException("a command was answered by nothing");
    }
  }

  /**
   * Notes in the log that content is opened, before a byte of it is given. A page asks again
   * whenever something changed: looks of one person at one thing within a minute are one event.
   */
  public void openContent(Principal by, String session, String what, String purpose) {
    String why = purpose.strip();
    if (why.length() > 1_000) {
      throw new IllegalArgumentException(
          "purpose: " + why.length() + " characters (expected: at most 1000)");
    }
    Look look = new Look(by.path(), session, what, why);
    Instant now = Instant.now();
    synchronized (looks) {
      Instant before = looks.get(look);
      if (before != null && before.plus(ONE_LOOK).isAfter(now)) {
        return;
      }
    }
    send(new SessionCommand.OpenContent(SessionId.parse(session), by, what, why));
    synchronized (looks) {
      looks.put(look, now);
    }
  }

  @Override
  public String name() {
    return "looks";
  }

  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    synchronized (looks) {
      looks.keySet().removeIf(look -> sessions.contains(SessionId.parse(look.session())));
    }
    return CompletableFuture.completedFuture(null);
  }

  private record Look(String by, String session, String what, String purpose) {}
}
