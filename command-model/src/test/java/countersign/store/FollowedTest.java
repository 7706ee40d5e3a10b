package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.port.AppendRefused.Reason;
import countersign.session.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A writer does not look for the event before the next one of a session when it put that there
 * itself. Whoever wrote on meanwhile is found all the same.
 */
class FollowedTest {
  @Test
  void aLoneEventIsRefusedWhereAnotherWriterWroteOn() throws Exception {
    try (TestStore test = TestStore.open();
        Store other = Store.open(test.settings, test.vertx)) {
      SessionId session = SessionId.next();
      StoreTest.await(test.store.append(Samples.item(session, 0, "mine")));
      StoreTest.await(other.append(Samples.item(session, 1, "theirs")));

      assertThat(StoreTest.reason(test.store.append(Samples.item(session, 1, "late"))))
          .isEqualTo(Reason.sequence);

      assertThat(StoreTest.await(test.store.append(Samples.item(session, 2, "after it"))))
          .isEqualTo(2);
      assertThat(StoreTest.reason(other.append(Samples.item(session, 2, "late too"))))
          .isEqualTo(Reason.sequence);
    }
  }

  @Test
  void inABatchOnlyWhoIsLateIsRefused() throws Exception {
    try (TestStore test = TestStore.open();
        Store other = Store.open(test.settings, test.vertx)) {
      List<SessionId> sessions = IntStream.range(0, 20).mapToObj(_ -> SessionId.next()).toList();
      append(test.store, sessions, 0).forEach(StoreTest::await);
      SessionId taken = sessions.get(7);
      StoreTest.await(other.append(Samples.item(taken, 1, "theirs")));

      List<CompletionStage<Long>> answers = append(test.store, sessions, 1);

      for (int i = 0; i < sessions.size(); i++) {
        assertThat(StoreTest.outcome(answers.get(i))).isEqualTo(i == 7 ? Reason.sequence : null);
      }
      assertThat(test.ask("select max(position) from log.events")).isEqualTo("39");
      assertThat(test.ask("select count(distinct (session, session_seq)) from log.events"))
          .isEqualTo("40");
    }
  }

  @Test
  void sessionsGoOnInTheNextPartition() throws Exception {
    try (TestStore test = TestStore.open()) {
      List<SessionId> sessions = IntStream.range(0, 20).mapToObj(_ -> SessionId.next()).toList();
      append(test.store, sessions, 0).forEach(StoreTest::await);
      long last = (1L << Partitions.BITS) - 31;
      test.execute(
          "insert into log.appended values (gen_random_uuid(), 1, %1$d, %1$d)".formatted(last));

      List<Long> positions = new ArrayList<>();
      for (int seq = 1; seq < 4; seq++) {
        append(test.store, sessions, seq).forEach(a -> positions.add(StoreTest.await(a)));
      }

      assertThat(positions.stream().sorted())
          .containsExactlyElementsOf(LongStream.rangeClosed(last + 1, last + 60).boxed().toList());
      assertThat(StoreTest.reason(test.store.append(Samples.item(sessions.getFirst(), 3, "again"))))
          .isEqualTo(Reason.sequence);
    }
  }

  @Test
  void nothingIsTakenForGrantedOfAStoreThatWasTakenBack() throws Exception {
    try (TestStore test = TestStore.open()) {
      SessionId session = SessionId.next();
      StoreTest.await(test.store.append(Samples.item(session, 0, "kept")));
      StoreTest.await(test.store.append(Samples.item(session, 1, "lost")));
      test.execute(
          "delete from log.events where position = 1; delete from log.appended where last = 1;"
              + " select pg_terminate_backend(pid, 5000) from pg_stat_activity"
              + " where usename = 'countersign_append' and datname = current_database()");

      assertThat(StoreTest.reason(test.store.append(Samples.item(session, 2, "hole"))))
          .isEqualTo(Reason.sequence);

      SessionId other = SessionId.next();
      assertThat(StoreTest.await(test.store.append(Samples.item(other, 0, "new")))).isEqualTo(1);
      assertThat(StoreTest.await(test.store.follow(1, 10, List.of())))
          .extracting(StoredEvent::session)
          .containsExactly(other);
    }
  }

  private static List<CompletionStage<Long>> append(Store store, List<SessionId> all, long seq) {
    return all.stream().map(each -> store.append(Samples.item(each, seq, "event"))).toList();
  }
}
