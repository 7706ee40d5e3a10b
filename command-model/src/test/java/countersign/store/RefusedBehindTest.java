package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.event.KeyScope;
import countersign.port.AppendRefused;
import countersign.port.AppendRefused.Reason;
import countersign.session.SessionId;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An event that is refused takes those of its session with it that wait behind it, and nobody else;
 * what its sender appends after he heard is new.
 */
@Timeout(60)
class RefusedBehindTest {
  private final SessionId session = SessionId.next();
  private final SessionId other = SessionId.next();
  private TestStore test;

  @BeforeEach
  void openStore() throws Exception {
    test = TestStore.open();
    assertThat(await(test.store.append(Samples.item(session, 0, "first")))).isZero();
    assertThat(await(test.store.append(Samples.item(other, 0, "first")))).isOne();
  }

  @AfterEach
  void closeStore() {
    test.close();
  }

  @Test
  void ofAConditionThatFails() throws Exception {
    await(test.store.append(Samples.tagged(other, "approval=a", null)));
    Condition none = new Condition(-1, List.of(Criterion.tag("approval", "a")));
    Draft draft =
        new Draft(
            Samples.decided(session, "conditioned"),
            new KeyScope.OfSession(session),
            session,
            1,
            Set.of());
    Item conditioned = new Item(List.of(draft), none, Urgency.decision);
    assertRefusedWithThoseBehind(conditioned, Reason.condition, Reason.sequence);
  }

  @Test
  void ofANumberThatDoesNotFollow() throws Exception {
    assertRefusedWithThoseBehind(
        Samples.item(session, 2, "hole"), Reason.sequence, Reason.sequence);
  }

  @Test
  void ofAnEventThatTheDatabaseDoesNotTake() throws Exception {
    test.execute(
        "alter table log.events add constraint poison check (session <> '%s' or session_seq <> 1)"
            .formatted(session.value()));
    assertRefusedWithThoseBehind(
        Samples.item(session, 1, "poison"), Reason.storeDown, Reason.storeDown, "drop");
  }

  private void assertRefusedWithThoseBehind(
      Item refused, Reason why, Reason behind, String... cleanUp) throws Exception {
    long seq = refused.drafts().getFirst().sessionSeq();
    CompletionStage<Long> first;
    List<CompletionStage<Long>> waiting = new ArrayList<>();
    CompletionStage<Long> fine;
    try (Connection blocker = Owner.connect(test.settings);
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table log.events in access exclusive mode");
      first = test.store.append(refused);
      awaitFlight();
      for (long next = seq + 1; next <= seq + 20; next++) {
        waiting.add(test.store.append(Samples.item(session, next, "behind")));
      }
      fine = test.store.append(Samples.item(other, 1, "fine"));
      blocker.rollback();
    }
    assertThat(refusal(first).reason()).isEqualTo(why);
    for (CompletionStage<Long> each : waiting) {
      assertThat(refusal(each).reason()).isEqualTo(behind);
      assertThat(refusal(each)).hasMessageEndingWith("stands behind a refused event");
    }
    long last = await(fine);
    if (cleanUp.length > 0) {
      test.execute("alter table log.events drop constraint poison");
    }
    assertThat(await(test.store.append(Samples.item(session, 1, "again")))).isEqualTo(last + 1);
    assertThat(await(test.store.append(Samples.item(session, 2, "again")))).isEqualTo(last + 2);
    assertThatThrownBy(() -> await(test.store.append(Samples.item(session, 2, "twice"))))
        .hasMessageContaining("does not follow");
    assertThat(test.ask("select count(*) from log.session_events")).isEqualTo("5");
  }

  /** Until the batch with the first item waits in the database. */
  private void awaitFlight() throws Exception {
    for (int i = 0; i < 500; i++) {
      if (test.ask(
              "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
                  + " where d.datname = current_database() and not l.granted")
          .equals("1")) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no batch waits for the table");
  }

  private static AppendRefused refusal(CompletionStage<Long> answer) {
    try {
      throw new AssertionError("accepted at " + await(answer));
    } catch (CompletionException e) {
      return (AppendRefused) e.getCause();
    }
  }

  private static long await(CompletionStage<Long> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
