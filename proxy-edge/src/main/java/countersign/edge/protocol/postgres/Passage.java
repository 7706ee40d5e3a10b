package countersign.edge.protocol.postgres;

import countersign.duty.Rule;
import countersign.edge.gate.Asked;
import countersign.edge.gate.Hold;
import countersign.edge.gate.HoldEnd;
import countersign.edge.gate.Judged;
import countersign.edge.gate.Permit;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.session.SessionEvent.OutcomeUnknown;
import countersign.target.Target.Recording;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Origin;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads one operation at a time from the question to leave or refusal, waiting for the log and for
 * people in between. Confined to the event loop.
 */
final class Passage {
  private final Hold.Surroundings around;
  private final Outbox outbox;
  private final Recording recording;
  private final String publicUrl;
  private final Masks masks;
  private final Rights rights;
  private final Turn turn;
  private final List<Run> freshReads = new ArrayList<>();
  private @Nullable Hold hold;

  /** What was approved and waits for its right. */
  private @Nullable Run lending;

  /** Who waits for an answer now. */
  private @Nullable Then waiting;

  /** Stops and continues the taking of what the caller sent. */
  interface Turn {
    /** Nothing more is taken. */
    void suspend();

    /** Does the next thing and takes on. */
    void resume(Runnable next);
  }

  /** What comes of a question; exactly one call. */
  interface Then {
    /** It may be sent. */
    void run(Passed passed);

    /** The session ended first. */
    void abandoned();

    /** It may not; the words leave once the event of that number is durable. */
    void refused(ErrorFields error, long barrier);
  }

  /**
   * Leave to send.
   *
   * @param modified whether an approver put another text in its place
   */
  record Passed(Judged judged, Permit permit, Run run, boolean modified) {}

  /**
   * A question.
   *
   * @param wroteInTransaction whether the session holds a transaction that has written
   * @param failedTransaction whether the target would refuse it anyway, its transaction being
   *     failed
   * @param estimating asks the target's planner; null where it cannot be asked about this
   * @param reread reads a text that an approver puts in its place
   * @param rejected what the grammar said of a text that is no SQL; null of any other
   */
  record Question(
      Asked asked,
      boolean wroteInTransaction,
      boolean failedTransaction,
      @Nullable Estimating estimating,
      Hold.Reread reread,
      Parse.@Nullable Rejected rejected) {
    private Question with(Asked estimated) {
      return new Question(
          estimated, wroteInTransaction, failedTransaction, estimating, reread, rejected);
    }
  }

  /** Asks the target's planner about an operation. */
  interface Estimating {
    /** Asks; {@code then} is called once, on the session's loop, never at once. */
    void ask(Consumer<Optional<Plan>> then);
  }

  /** What masks have to do with an operation. */
  interface Masks {
    /** Why they stand in its way; null when they do not. */
    @Nullable ErrorFields refusal(Asked asked);

    /** Masks that an approval may lift for an operation; null for none. */
    Masking.@Nullable Lifted lift(Asked asked, Decision decision);
  }

  /** What an approved operation may need at the target beyond what the session has. */
  interface Rights {
    /**
     * Gives it.
     *
     * @param then called once, later
     * @return false, and nothing is called, when the operation needs none
     */
    boolean give(Set<Effect> effects, Runnable then);

    /** Whether what was approved in this unit has its right still. */
    boolean lent();
  }

  Passage(
      Hold.Surroundings around,
      Outbox outbox,
      Recording recording,
      String publicUrl,
      Masks masks,
      Rights rights,
      Turn turn) {
    this.masks = masks;
    this.rights = rights;
    this.around = around;
    this.outbox = outbox;
    this.recording = recording;
    this.publicUrl = publicUrl;
    this.turn = turn;
  }

  void ask(Question question, Then then) {
    if (!around.gate().open()) {
      then.refused(Words.noLease(), -1);
      return;
    }
    ErrorFields unmaskable = masks.refusal(question.asked());
    if (unmaskable != null) {
      refuse(
          around.gate().refuse(question.asked(), "mask", unmaskable.message()), unmaskable, then);
      return;
    }
    Estimating estimating = question.estimating();
    if (estimating != null && around.gate().dependsOnEstimate(question.asked())) {
      flushReads();
      waiting = then;
      turn.suspend();
      estimating.ask(
          plan -> go(then, () -> decide(question.with(estimated(question, plan)), then)));
      return;
    }
    decide(question, then);
  }

  private static Asked estimated(Question question, Optional<Plan> plan) {
    return plan.map(found -> question.asked().estimated(found.rows(), found.text()))
        .orElse(question.asked());
  }

  private void decide(Question question, Then then) {
    Judged judged = around.gate().judge(question.asked());
    Masking.Lifted lifted = masks.lift(question.asked(), judged.decision());
    if (lifted != null) {
      Decision.Held held = where(lifted.held());
      hold(question, judged.because(held), held, lifted.columns(), then);
      return;
    }
    switch (judged.decision()) {
      case Decision.Blocked blocked ->
          refuse(judged, Words.blocked(blocked, question.rejected()), then);
      case Decision.Allowed _ -> allow(judged, then);
      case Decision.Held held -> hold(question, judged, where(held), Set.of(), then);
    }
  }

  /** The caller may choose where it waits; the duty says it for callers that do not. */
  private Decision.Held where(Decision.Held held) {
    Rule.Wait wanted = around.gate().wantedWait();
    return wanted == null
        ? held
        : new Decision.Held(held.rule(), held.reason(), held.hold().in(wanted));
  }

  private void refuse(Judged judged, ErrorFields words, Then then) {
    flushReads();
    then.refused(words, around.gate().write(judged));
  }

  private void allow(Judged judged, Then then) {
    if (rights.lent() && !judged.asked().effects().isEmpty()) {
      ErrorFields words = Words.rightLent();
      refuse(around.gate().refuse(judged.asked(), "lease", words.message()), words, then);
      return;
    }
    if (judged.asked().onlyReads() && recording != Recording.strict) {
      if (recording == Recording.buffered && around.gate().recording() == Recording.buffered) {
        Permit permit = around.gate().buffered(judged);
        then.run(new Passed(judged, permit, Run.buffered(judged), false));
        return;
      }
      Permit permit = around.gate().read(judged);
      Run run = Run.read(judged);
      freshReads.add(run);
      then.run(new Passed(judged, permit, run, false));
      return;
    }
    flushReads();
    long seq = around.gate().write(judged);
    waiting = then;
    turn.suspend();
    around.journal().whenDurable(seq, () -> go(then, () -> then.run(passed(judged, seq))));
  }

  private Passed passed(Judged judged, long seq) {
    Permit permit = around.gate().allowed(judged, seq);
    return new Passed(judged, permit, new Run(judged, seq), false);
  }

  private void go(Then then, Runnable next) {
    if (waiting == then) {
      waiting = null;
      hold = null;
      turn.resume(next);
    }
  }

  private void hold(
      Question question, Judged judged, Decision.Held held, Set<Origin.Column> lifted, Then then) {
    ErrorFields refusal = notHoldable(question, judged, held);
    if (refusal != null) {
      Judged no =
          around.gate().refuse(question.asked(), held.rule(), "not held: " + refusal.message());
      refuse(no, refusal, then);
      return;
    }
    flushReads();
    waiting = then;
    turn.suspend();
    hold =
        Hold.begin(
            around,
            judged,
            held,
            question.wroteInTransaction(),
            maskable(question.reread()),
            new Hold.Listener() {
              @Override
              public void waits(Hold waiting) {
                notice(Words.held(waiting, publicUrl, question.wroteInTransaction()));
                outbox.flush();
              }

              @Override
              public void ended(HoldEnd end) {
                go(then, () -> released(end, lifted, then));
              }
            });
  }

  /** What an approver puts in its place must be something that masks can be kept in, too. */
  private Hold.Reread maskable(Hold.Reread reread) {
    return new Hold.Reread() {
      @Override
      public void read(String text, Consumer<Asked> then) {
        reread.read(text, then);
      }

      @Override
      public boolean shaped() {
        return reread.shaped();
      }

      @Override
      public void fits(Asked asked, Consumer<Optional<String>> then) {
        ErrorFields unmaskable = masks.refusal(asked);
        if (unmaskable == null) {
          reread.fits(asked, then);
        } else {
          then.accept(Optional.of(unmaskable.message()));
        }
      }
    };
  }

  private static @Nullable ErrorFields notHoldable(
      Question question, Judged judged, Decision.Held held) {
    if (question.failedTransaction()) {
      return Words.failedTransaction();
    }
    if (held.hold().reasonRequired() && judged.operation().statedReason().isEmpty()) {
      return Words.reasonRequired(held.rule());
    }
    return null;
  }

  private void released(HoldEnd end, Set<Origin.Column> lifted, Then then) {
    if (end instanceof HoldEnd.Run(Judged judged, Permit permit, String modifiedBy)) {
      if (!modifiedBy.isEmpty()) {
        notice(Words.modified(modifiedBy, judged.asked().text()));
      }
      Run run = new Run(judged, -1);
      if (modifiedBy.isEmpty()) {
        run.lifted(lifted); // what somebody put in its place was never said to lift a mask
      }
      Passed passed = new Passed(judged, permit, run, !modifiedBy.isEmpty());
      if (rights.give(judged.asked().effects(), () -> lent(passed, then))) {
        waiting = then;
        lending = run;
        turn.suspend();
      } else {
        then.run(passed);
      }
    } else {
      then.refused(Words.refusal(end, publicUrl), around.journal().flush());
    }
  }

  private void lent(Passed passed, Then then) {
    if (lending == passed.run()) {
      lending = null;
      go(then, () -> then.run(passed));
    }
  }

  private void notice(ErrorFields fields) {
    outbox.write(Encode.noticeResponse(Unpooled.buffer(), fields), -1);
  }

  /** Sends the reads taken since the last time to the log; their answers wait for it. */
  void flushReads() {
    if (!freshReads.isEmpty()) {
      long seq = around.gate().flushReads();
      freshReads.forEach(run -> run.barrier(seq));
      freshReads.clear();
    }
  }

  /** The session ends: what waits is taken back, and nothing of it runs. */
  void abandon(String why) {
    Then then = waiting;
    waiting = null;
    Hold held = hold;
    hold = null;
    if (held != null && !held.withdraw(why)) {
      // The approval is being used up, and nobody will see whether it was in time.
      around.journal().later(new OutcomeUnknown(around.journal().session(), held.operation(), why));
    }
    Run approved = lending;
    lending = null;
    if (approved != null) {
      around.journal().later(approved.skipped(around.journal().session(), Words.CANCELED));
    }
    if (then != null) {
      then.abandoned();
    }
  }

  /**
   * The caller asks to cancel.
   *
   * @return whether something waited that is taken back now
   */
  boolean withdraw(String why) {
    return hold != null && hold.withdraw(why);
  }
}
