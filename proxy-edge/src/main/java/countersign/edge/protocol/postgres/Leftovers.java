package countersign.edge.protocol.postgres;

import countersign.edge.gate.Caller;
import countersign.edge.gate.Gate;
import countersign.edge.record.Journal;
import countersign.identity.Principal;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.target.Target;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Looks, when an edge starts, for leased roles that sessions without an end left at a target, and
 * drops them. It is a session of {@code countersign}, because it operates the target. Confined to
 * its event loop.
 */
final class Leftovers {
  private static final Logger LOG = Logger.getLogger(Leftovers.class);
  private static final String OURSELVES = "countersign";
  private static final long MILLIS = 20_000;

  private final Edge edge;
  private final EventLoop loop;
  private final Target target;
  private final Journal journal;
  private final Gate gate;

  private Leftovers(Edge edge, EventLoop loop, Target target) {
    this.edge = edge;
    this.loop = loop;
    this.target = target;
    this.journal =
        new Journal(
            SessionId.next(),
            edge.append(),
            loop,
            why -> LOG.warnf("target=%s leftovers=unrecorded why=%s", target.name(), why));
    Principal.Hop hop =
        new Principal.Hop(
            OURSELVES, OURSELVES, Principal.Kind.pipeline, Set.of(), "", "", OURSELVES, "");
    Principal ourselves =
        new Principal(List.of(hop), Set.of(), false, Instant.now().plusMillis(MILLIS));
    this.gate =
        new Gate(
            new Caller(
                ourselves,
                target.name(),
                target.database(),
                target.credential().username(),
                "postgres"),
            journal,
            edge.feed());
  }

  /** Looks at every target where roles are leased; returns at once. */
  static void drop(Edge edge) {
    for (Target target : edge.feed().rulebook().targets().values()) {
      if (target.type().equals("postgres") && target.credential().lease() != Target.Lease.disable) {
        EventLoop loop = edge.loops().next();
        loop.execute(() -> new Leftovers(edge, loop, target).begin());
      }
    }
  }

  private void begin() {
    Caller caller = gate.caller();
    long seq =
        journal.append(
            new SessionEvent.Opened(
                journal.session(),
                edge.settings().edge(),
                caller.protocol(),
                "statement",
                caller.principal(),
                caller.target(),
                caller.database(),
                caller.role(),
                "",
                OURSELVES));
    journal.whenDurable(
        seq,
        () ->
            Errand.begin(
                edge.login(),
                loop,
                target,
                gate,
                journal,
                "pg_catalog",
                MILLIS,
                new Errand.Outcome() {
                  @Override
                  public void ready(Errand errand) {
                    errand.ask(LeaseStatements.leftovers(), answer -> found(errand, answer));
                  }

                  @Override
                  public void failed(String why) {
                    close("target", why);
                  }
                }));
  }

  private void found(Errand errand, Errand.Answer answer) {
    List<String> roles =
        LeaseStatements.abandoned(answer.rows("left"), Instant.now().minus(Leasing.LOGIN));
    LeaseEnd end = new LeaseEnd(errand);
    end.drop(
        roles,
        (role, why) -> Leasing.found(journal, role, why),
        () ->
            end.unused(() -> {
              errand.close();
              close("edge", "");
            }));
  }

  private void close(String end, String detail) {
    journal.append(
        new SessionEvent.Closed(journal.session(), edge.settings().edge(), 0, 0, 0, end, detail));
  }
}
