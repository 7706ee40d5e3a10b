package countersign.edge.gate;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.HeldOperation;
import countersign.approval.Ticket;
import countersign.deciding.Unmasking;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.edge.record.Journal;
import countersign.operation.Decision;
import countersign.operation.DecisionKind;
import countersign.operation.OperationDigest;
import countersign.operation.OperationId;
import countersign.port.Append;
import countersign.port.Feed;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One operation's wait for a person: from the durable decision {@code held} to exactly one {@link
 * HoldEnd}. As a ticket it does not wait: it finds what became of an earlier request for the same
 * operation, or files one and ends. Confined to the session's event loop.
 */
public final class Hold {
  private static final Logger LOG = Logger.getLogger(Hold.class);

  /** Control ends a wait at its expiry; the edge gives up by itself only when it does not. */
  private static final Duration CONTROL_LATE = Duration.ofSeconds(5);

  private final Surroundings around;
  private final boolean ticket;
  private Judged judged;
  private final Decision.Held held;
  private ApprovalId id = ApprovalId.next();
  private Instant expires;
  private final boolean inTransaction;
  private final Reread reread;
  private final Listener listener;
  private final List<Feed.Subscription> subscriptions = new ArrayList<>();
  private final List<Future<?>> timers = new ArrayList<>();
  private State state;

  /** What a hold needs of its session. */
  public record Surroundings(
      Gate gate, Journal journal, Append append, Feed feed, EventExecutor loop) {}

  /** Hears of the hold, on the loop. */
  public interface Listener {
    /** It waits now; called again each minute. */
    void waits(Hold hold);

    /** It ended; called once. */
    void ended(HoldEnd end);
  }

  /** Reads a text that an approver puts in an operation's place. */
  public interface Reread {
    /** Reads it; {@code then} is called once, on the session's loop, perhaps at once. */
    void read(String text, Consumer<Asked> then);

    /**
     * Whether the caller was told a shape that another text must have too; then only the session
     * that waits can tell whether one does.
     */
    default boolean shaped() {
      return false;
    }

    /**
     * Says what stands in the way of a text that may run by itself; {@code then} is called once, on
     * the session's loop, perhaps at once, with nothing when nothing does.
     */
    default void fits(Asked asked, Consumer<Optional<String>> then) {
      then.accept(Optional.empty());
    }
  }

  /** Where a hold is; only the methods of a state lead on. */
  private sealed interface State {
    /** Whether the same operation was asked for before is looked up. */
    record Looking() implements State {
      Writing found() {
        return new Writing();
      }
    }

    /** The decision is on its way to the log, or the request to the approvals. */
    record Writing() implements State {
      Waiting requested() {
        return new Waiting();
      }
    }

    /** Somebody may answer. */
    record Waiting() implements State {
      Using answered() {
        return new Using();
      }
    }

    /** Answered; the approval is being used up. */
    record Using() implements State {}

    /** Over. */
    record Ended() implements State {}
  }

  private Hold(
      Surroundings around,
      Judged judged,
      Decision.Held held,
      boolean inTransaction,
      Reread reread,
      Listener listener) {
    this.around = around;
    this.judged = judged;
    this.held = held;
    this.inTransaction = inTransaction;
    this.reread = reread;
    this.listener = listener;
    this.ticket = held.hold().waiting() == Rule.Wait.ticket;
    this.state = ticket ? new State.Looking() : new State.Writing();
    Duration within = held.hold().within();
    if (inTransaction && !ticket && held.hold().lockWait().compareTo(within) < 0) {
      within = held.hold().lockWait();
    }
    this.expires = Instant.now().plus(within).truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Holds an operation.
   *
   * @param inTransaction whether the session holds a transaction that has written
   * @param reread reads a text that an approver puts in its place
   */
  public static Hold begin(
      Surroundings around,
      Judged judged,
      Decision.Held held,
      boolean inTransaction,
      Reread reread,
      Listener listener) {
    Hold hold = new Hold(around, judged, held, inTransaction, reread, listener);
    if (hold.ticket) {
      hold.look();
    } else {
      hold.write(hold::request);
    }
    return hold;
  }

  private void write(Runnable then) {
    around.journal.whenDurable(around.gate.write(judged, DecisionKind.held, id, null), then);
  }

  private void look() {
    around
        .feed
        .ticket(OperationDigest.ofRepeat(judged.operation()))
        .whenComplete(
            (found, failure) -> around.loop.execute(() -> answered(failure, () -> looked(found))));
  }

  private void looked(Optional<Ticket> found) {
    if (!(state instanceof State.Looking looking)) {
      return;
    }
    state = looking.found();
    if (found.isEmpty() || !mayUse(found.get())) {
      write(this::request);
      return;
    }
    Ticket asked = found.get();
    id = asked.id();
    expires = asked.expires();
    judged = judged.under(asked.held().dutiesAt(), asked.held().digest());
    write(() -> claim(asked.outcome()));
  }

  /**
   * An earlier request counts while its time lasts, for these bytes, under the same terms; and who
   * approved it must have been told which masks it lifts.
   */
  private boolean mayUse(Ticket earlier) {
    HeldOperation asked = earlier.held();
    return Instant.now().isBefore(earlier.expires())
        && !(earlier.outcome() instanceof ApprovalOutcome.Expired)
        && !(earlier.outcome() instanceof ApprovalOutcome.Withdrawn)
        && asked.digest().equals(OperationDigest.of(judged.operation(), asked.dutiesAt()))
        && asked.hold().equals(held.hold())
        && (!held.rule().endsWith(Unmasking.RULE) || asked.why().equals(held.reason()));
  }

  private void claim(@Nullable ApprovalOutcome outcome) {
    if (!(state instanceof State.Writing writing)) {
      return;
    }
    if (outcome == null) {
      end(new HoldEnd.Filed(id, expires, held.rule()));
    } else {
      state = writing.requested();
      outcome(outcome);
    }
  }

  /** The approval it waits for. */
  public ApprovalId id() {
    return id;
  }

  /** The operation that waits. */
  public OperationId operation() {
    return judged.id();
  }

  /** When silence becomes no. */
  public Instant expires() {
    return expires;
  }

  /** The decision that holds it. */
  public Decision.Held decision() {
    return held;
  }

  private void request() {
    if (!(state instanceof State.Writing)) {
      return;
    }
    HeldOperation asks =
        judged.held(
            around.journal.session(),
            around.gate.caller(),
            held,
            inTransaction && !ticket,
            judged.asked().modifiable() && !(ticket && reread.shaped()),
            around.gate.statedTicket());
    @Nullable String repeat = ticket ? OperationDigest.ofRepeat(judged.operation()) : null;
    submit(new ApprovalCommand.Request(id, asks, expires, repeat), this::requested);
  }

  private void requested() {
    if (!(state instanceof State.Writing writing)) {
      if (!ticket) {
        // Ended while the request was under way: nobody shall find it waiting.
        submitWithdraw("cancelled");
      }
      return;
    }
    if (ticket) {
      end(new HoldEnd.Filed(id, expires, held.rule()));
      return;
    }
    state = writing.requested();
    listener.waits(this);
    timers.add(around.loop.scheduleAtFixedRate(() -> listener.waits(this), 1, 1, TimeUnit.MINUTES));
    long late = Duration.between(Instant.now(), expires.plus(CONTROL_LATE)).toMillis();
    timers.add(around.loop.schedule(this::overdue, late, TimeUnit.MILLISECONDS));
    if (judged.asked().modifiable() && reread.shaped()) {
      subscriptions.add(around.feed.onProposal(id, this::proposed));
    }
    subscriptions.add(around.feed.onOutcome(id, o -> around.loop.execute(() -> outcome(o))));
    subscriptions.add(
        around.feed.onRulebook(rules -> around.loop.execute(() -> rulesChanged(rules))));
  }

  /** An approver wants to know, before he says so, whether a text may take the place. */
  private CompletionStage<Optional<String>> proposed(String text) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    around.loop.execute(() -> {
      if (state instanceof State.Waiting) {
        reread.read(
            text,
            asked -> {
              if (around.gate.judge(asked).decision() instanceof Decision.Blocked no) {
                answer.complete(Optional.of("the duties block it: " + no.reason()));
              } else {
                reread.fits(asked, answer::complete);
              }
            });
      } else {
        answer.complete(Optional.of("it waits no longer"));
      }
    });
    return answer;
  }

  private void overdue() {
    if (state instanceof State.Waiting) {
      submitWithdraw("expired");
      end(new HoldEnd.Expired(held.rule()));
    }
  }

  private void rulesChanged(Rulebook unused) {
    if (state instanceof State.Waiting
        && around.gate.again(judged) instanceof Decision.Blocked no) {
      submitWithdraw("duties changed");
      end(new HoldEnd.Blocked(no));
    }
  }

  private void outcome(ApprovalOutcome outcome) {
    if (!(state instanceof State.Waiting waiting)) {
      return;
    }
    switch (outcome) {
      case ApprovalOutcome.Approved _ -> {
        state = waiting.answered();
        approved();
      }
      case ApprovalOutcome.Modified(String by, String text) -> {
        state = waiting.answered();
        modified(by, text);
      }
      case ApprovalOutcome.Denied(String by, String reason) ->
          end(new HoldEnd.Denied(by, reason, held.rule()));
      case ApprovalOutcome.Expired _ -> end(new HoldEnd.Expired(held.rule()));
      case ApprovalOutcome.Withdrawn(String why) -> end(new HoldEnd.Withdrawn(why));
    }
  }

  private void approved() {
    if (around.gate.again(judged) instanceof Decision.Blocked no) {
      submitWithdraw("duties changed");
      end(new HoldEnd.Blocked(no));
      return;
    }
    use(judged, "");
  }

  /** Decides the approver's text like any other, keeps both, and uses the approval for it. */
  private void modified(String by, String text) {
    reread.read(text, asked -> decide(by, asked));
  }

  private void decide(String by, Asked asked) {
    if (!(state instanceof State.Using)) {
      return;
    }
    Judged now = around.gate.judge(asked);
    if (now.decision() instanceof Decision.Blocked no) {
      around.gate.write(now, DecisionKind.blocked, id, judged.id());
      submitWithdraw("modified text is blocked");
      end(new HoldEnd.Blocked(no));
      return;
    }
    reread.fits(asked, why -> fitted(by, now, why));
  }

  private void fitted(String by, Judged now, Optional<String> why) {
    if (!(state instanceof State.Using)) {
      return;
    }
    if (why.isPresent()) {
      submitWithdraw("modified text does not fit");
      end(new HoldEnd.Failed("the approver's text does not fit: " + why.get()));
      return;
    }
    Judged bound =
        now.under(judged.dutiesAt(), OperationDigest.of(now.operation(), judged.dutiesAt()));
    long seq = around.gate.write(bound, now.decision().kind(), id, judged.id());
    around.journal.whenDurable(seq, () -> use(bound, by));
  }

  private void use(Judged runs, String modifiedBy) {
    if (!(state instanceof State.Using)) {
      return;
    }
    OperationId operation = runs.id();
    submit(
        new ApprovalCommand.Use(id, operation, runs.digest()),
        () -> end(new HoldEnd.Run(runs, new Permit.OfOperation(runs), modifiedBy)));
  }

  /**
   * Takes the operation back: the caller gave up, left, or the target did. Nothing when it has
   * ended or is being used up; a ticket itself goes on waiting.
   *
   * @return whether it was taken back
   */
  public boolean withdraw(String why) {
    switch (state) {
      case State.Looking _, State.Writing _ -> end(new HoldEnd.Withdrawn(why));
      case State.Waiting _ -> {
        if (!ticket) {
          submitWithdraw(why);
        }
        end(new HoldEnd.Withdrawn(why));
      }
      case State.Using _, State.Ended _ -> {
        return false;
      }
    }
    return true;
  }

  private void submitWithdraw(String why) {
    around
        .append
        .submit(new ApprovalCommand.Withdraw(id, why))
        .whenComplete((_, failure) -> {
          if (failure != null) {
            LOG.warnf("approval=%s withdraw=failed why=%s", id, failure.getMessage());
          }
        });
  }

  private void submit(ApprovalCommand.FromEdge command, Runnable then) {
    around
        .append
        .submit(command)
        .whenComplete((_, failure) -> around.loop.execute(() -> answered(failure, then)));
  }

  private void answered(@Nullable Throwable failure, Runnable then) {
    if (failure == null) {
      then.run();
    } else if (!(state instanceof State.Ended)) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      end(new HoldEnd.Failed(String.valueOf(cause.getMessage())));
    }
  }

  private void end(HoldEnd end) {
    if (state instanceof State.Ended) {
      return;
    }
    state = new State.Ended();
    subscriptions.forEach(Feed.Subscription::close);
    timers.forEach(timer -> timer.cancel(false));
    listener.ended(end);
  }
}
