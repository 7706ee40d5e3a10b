package countersign.edge.protocol.postgres;

import countersign.wire.postgres.ErrorFields;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Drops leased roles and what held their grants, on an errand. Confined to the event loop. */
final class LeaseEnd {
  private static final Logger LOG = Logger.getLogger(LeaseEnd.class);

  /** A role cannot be dropped because it owns something. */
  private static final String OWNS = "2BP01";

  private static final int MOST_UNUSED = 5;

  private final Errand errand;

  LeaseEnd(Errand errand) {
    this.errand = errand;
  }

  /** Why a role is not gone; empty when it is. */
  interface Gone extends Consumer<String> {}

  /** Ends what a role does and drops it. */
  void drop(String role, Gone gone) {
    // Not every credential may end what others do; the role is dropped all the same.
    errand.ask(
        LeaseStatements.terminate(role),
        _ ->
            errand.ask(
                LeaseStatements.drop(role), dropped -> dropped(role, dropped.error(), gone)));
  }

  private void dropped(String role, @Nullable ErrorFields error, Gone gone) {
    if (error == null) {
      gone.accept("");
    } else if (error.code().equals(OWNS)) {
      errand.ask(
          LeaseStatements.dropOwner(role, errand.serverMajor()),
          again -> gone.accept(again.error() == null ? "" : words(again.error())));
    } else {
      gone.accept(words(error));
    }
  }

  static String words(ErrorFields error) {
    return error.message() + " (" + error.code() + ")";
  }

  /** Drops several, one after the other; {@code gone} hears of each. */
  void drop(List<String> roles, BiConsumer<String, String> gone, Runnable then) {
    next(new ArrayDeque<>(roles), gone, then);
  }

  private void next(Deque<String> roles, BiConsumer<String, String> gone, Runnable then) {
    if (roles.isEmpty()) {
      then.run();
      return;
    }
    String role = roles.remove();
    errand.ask(
        LeaseStatements.drop(role),
        answer ->
            dropped(
                role,
                answer.error(),
                why -> {
                  gone.accept(role, why);
                  next(roles, gone, then);
                }));
  }

  /** Drops what held grants of sessions that are all over. */
  void unused(Runnable then) {
    errand.ask(
        LeaseStatements.UNUSED,
        answer -> {
          List<String> groups = answer.values("group").stream().limit(MOST_UNUSED).toList();
          nextUnused(new ArrayDeque<>(groups), then);
        });
  }

  private void nextUnused(Deque<String> groups, Runnable then) {
    if (groups.isEmpty()) {
      errand.ask("COMMIT", _ -> then.run());
      return;
    }
    String group = groups.remove();
    errand.ask(
        LeaseStatements.dropUnused(group, errand.serverMajor()),
        answer -> {
          if (answer.error() == null) {
            nextUnused(groups, then);
          } else {
            LOG.debugf("role=%s stays why=%s", group, words(answer.error()));
            errand.ask("ROLLBACK TO SAVEPOINT one", _ -> nextUnused(groups, then));
          }
        });
  }
}
