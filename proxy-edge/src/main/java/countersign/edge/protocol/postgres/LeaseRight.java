package countersign.edge.protocol.postgres;

import countersign.edge.gate.Gate;
import countersign.operation.Effect;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The rights of the target's credential (of a superuser: of the owners of what is there), lent to a
 * leased role for one approved operation: given before it is sent, taken back when its unit is
 * over, before anything else is sent. Confined to the event loop.
 */
final class LeaseRight {
  private static final Logger LOG = Logger.getLogger(LeaseRight.class);

  /** Runs something on a connection of the edge's own, one thing at a time. */
  interface Errands {
    /**
     * Begins.
     *
     * @param outcome {@code failed} is also called when it cannot be begun
     */
    void begin(Errand.Outcome outcome);

    /** It is over. */
    void done();
  }

  private final LeaseStatements statements;
  private final String lent;
  private final String role;
  private final Errands errands;
  private boolean given;

  /** Whether an approved operation may have made something that the role owns. */
  private boolean owns;

  /**
   * Of one session.
   *
   * @param lent who lends, see {@link LeaseStatements#lent}
   */
  LeaseRight(LeaseStatements statements, String lent, String role, Errands errands) {
    this.statements = statements;
    this.lent = lent;
    this.role = role;
    this.errands = errands;
  }

  /** Whether it is not taken back yet. */
  boolean given() {
    return given;
  }

  /**
   * Gives it. Where that fails the operation runs without: then the target refuses it.
   *
   * @param effects of the approved operation
   * @param then called once, later
   * @return false, and nothing is called, when the operation needs none
   */
  boolean give(Set<Effect> effects, Runnable then) {
    if (!Gate.writes(effects)) {
      return false;
    }
    given = true;
    owns |= effects.contains(Effect.schema) || effects.contains(Effect.unknown);
    errands.begin(
        new Errand.Outcome() {
          @Override
          public void ready(Errand errand) {
            errand.ask(
                LeaseStatements.give(lent, role, errand.serverMajor()),
                answer -> {
                  if (answer.error() != null) {
                    LOG.warnf(
                        "role=%s right=not-given why=%s", role, LeaseEnd.words(answer.error()));
                  }
                  over(errand);
                  then.run();
                });
          }

          @Override
          public void failed(String why) {
            LOG.warnf("role=%s right=not-given why=%s", role, why);
            errands.done();
            then.run();
          }
        });
    return true;
  }

  /**
   * Takes it back, and hands over what was made with it once no transaction is open.
   *
   * @param idle whether no transaction is open
   * @param then called once, later, with why the right could not be taken back, else empty
   * @return false, and nothing is called, when there is nothing to do
   */
  boolean settle(boolean idle, Consumer<String> then) {
    if (!given && !(owns && idle)) {
      return false;
    }
    errands.begin(
        new Errand.Outcome() {
          @Override
          public void ready(Errand errand) {
            if (given) {
              errand.ask(
                  LeaseStatements.take(lent, role), answer -> taken(errand, answer, idle, then));
            } else {
              handOver(errand, then);
            }
          }

          @Override
          public void failed(String why) {
            errands.done();
            then.accept(why);
          }
        });
    return true;
  }

  private void taken(Errand errand, Errand.Answer answer, boolean idle, Consumer<String> then) {
    if (answer.error() != null) {
      over(errand);
      then.accept(LeaseEnd.words(answer.error()));
      return;
    }
    given = false;
    if (owns && idle) {
      handOver(errand, then);
    } else {
      over(errand);
      then.accept("");
    }
  }

  /** Tried once: what stays with the role is handed over when it is dropped. */
  private void handOver(Errand errand, Consumer<String> then) {
    owns = false;
    errand.ask(
        statements.handOver(role, errand.serverMajor()),
        answer -> {
          if (answer.error() != null) {
            LOG.warnf("role=%s owns=still why=%s", role, LeaseEnd.words(answer.error()));
            over(errand);
            then.accept("");
            return;
          }
          errand.ask(
              statements.grant(answer),
              granted -> {
                if (granted.error() != null) {
                  LOG.warnf("role=%s grants=old why=%s", role, LeaseEnd.words(granted.error()));
                }
                over(errand);
                then.accept("");
              });
        });
  }

  private void over(Errand errand) {
    errand.close();
    errands.done();
  }
}
