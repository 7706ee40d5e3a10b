package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.event.KeyScope;
import countersign.port.AppendRefused;
import countersign.port.AppendRefused.Reason;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreTest {
  private TestStore test;
  private Store store;

  @BeforeEach
  void openStore() throws Exception {
    test = TestStore.open();
    store = test.store;
  }

  @AfterEach
  void closeStore() {
    test.close();
  }

  @Test
  void givesPositionsWithoutAHoleFromZero() {
    SessionId session = SessionId.next();
    assertThat(store.knownHead()).isEqualTo(-1);
    for (int i = 0; i < 5; i++) {
      assertThat(await(store.append(Samples.item(session, i, "select " + i)))).isEqualTo(i);
    }
    assertThat(await(store.head())).isEqualTo(4);
    assertThat(store.knownHead()).isEqualTo(4);
    assertThat(read(0)).extracting(Samples::text).containsExactly(texts(5));
  }

  @Test
  void readsBackExactlyWhatWasAppended() {
    SessionId session = SessionId.next();
    SessionEvent event = Samples.decided(session, "select 'ü', E'\\u0000', '\u0000', '\ud800'");
    Draft draft =
        new Draft(event, new KeyScope.OfSession(session), session, 0, Set.of("b=2", "a=1"));
    await(store.append(new Item(List.of(draft), null, Urgency.decision)));
    StoredEvent stored = read(0).getFirst();
    assertThat(stored.event()).isEqualTo(event);
    assertThat(stored.type()).isEqualTo("OperationDecided");
    assertThat(stored.version()).isEqualTo(2);
    assertThat(stored.session()).isEqualTo(session);
    assertThat(stored.sessionSeq()).isZero();
    assertThat(stored.tags()).containsExactlyInAnyOrder("a=1", "b=2");
    assertThat(stored.id().version()).isEqualTo(7);
  }

  @Test
  void keepsTheOrderOfASessionThatDoesNotWait() {
    SessionId session = SessionId.next();
    List<CompletionStage<Long>> answers =
        IntStream.range(0, 500)
            .mapToObj(i -> store.append(Samples.item(session, i, "select " + i)))
            .toList();
    assertThat(answers.stream().map(StoreTest::await))
        .containsExactlyElementsOf(LongStream.range(0, 500).boxed().toList());
    assertThat(read(0)).extracting(Samples::text).containsExactly(texts(500));
  }

  @Test
  void isGaplessUnderManyWriters() throws Exception {
    ConcurrentLinkedQueue<Long> positions = new ConcurrentLinkedQueue<>();
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 32; w++) {
      SessionId session = SessionId.next();
      writers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 50; i++) {
                  positions.add(await(store.append(Samples.item(session, i, "x"))));
                }
              }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(positions.stream().sorted())
        .containsExactlyElementsOf(LongStream.range(0, 1600).boxed().toList());
    assertThat(read(0)).extracting(StoredEvent::position).isSorted().hasSize(1600);
  }

  @Test
  void rejectsANumberThatDoesNotFollowAndNobodyElse() {
    SessionId session = SessionId.next();
    SessionId other = SessionId.next();
    await(store.append(Samples.item(session, 0, "first")));
    CompletionStage<Long> hole = store.append(Samples.item(session, 2, "hole"));
    CompletionStage<Long> again = store.append(Samples.item(session, 0, "again"));
    CompletionStage<Long> fine = store.append(Samples.item(other, 0, "fine"));
    assertThat(reason(hole)).isEqualTo(Reason.sequence);
    assertThat(reason(again)).isEqualTo(Reason.sequence);
    assertThat(await(fine)).isEqualTo(1);
    assertThat(await(store.append(Samples.item(session, 1, "second")))).isEqualTo(2);
  }

  @Test
  void neverLetsTwoConditionsWinOnOneTag() {
    SessionId session = SessionId.next();
    Condition none = new Condition(-1, List.of(Criterion.tag("approval", "a")));
    List<CompletionStage<Long>> answers =
        IntStream.range(0, 40)
            .mapToObj(_ -> store.append(Samples.tagged(session, "approval=a", none)))
            .toList();
    assertThat(answers.stream().filter(a -> outcome(a) == null)).hasSize(1);
    assertThat(answers.stream().map(StoreTest::outcome).filter(r -> r == Reason.condition))
        .hasSize(39);
    Condition now = new Condition(0, List.of(Criterion.tag("approval", "a")));
    assertThat(await(store.append(Samples.tagged(session, "approval=a", now)))).isEqualTo(1);
  }

  @Test
  void judgesConditionsOverTypesSeveralTagsAndSessions() {
    SessionId session = SessionId.next();
    await(store.append(Samples.item(session, 0, "x")));
    await(store.append(Samples.tagged(session, "k=1", null)));
    assertThat(tries(new Criterion(Set.of("k=1"), Set.of("OperationDecided")))).isFalse();
    assertThat(tries(new Criterion(Set.of("k=1"), Set.of("SessionOpened")))).isTrue();
    assertThat(tries(new Criterion(Set.of("k=1", "j=1"), Set.of()))).isTrue();
    assertThat(tries(new Criterion(Set.of(), Set.of("SessionOpened")))).isTrue();
    assertThat(tries(new Criterion(Set.of(), Set.of("OperationDecided")))).isFalse();
    assertThat(tries(new Criterion(Set.of(), Set.of()))).isFalse();
    assertThat(tries(Criterion.session(session, Set.of()))).isFalse();
    assertThat(tries(Criterion.session(session, Set.of("SessionOpened")))).isTrue();
    assertThat(tries(Criterion.session(session, Set.of("OperationDecided")))).isFalse();
    assertThat(tries(Criterion.session(SessionId.next(), Set.of()))).isTrue();
  }

  @Test
  void findsByTagsTypesAndSession() {
    SessionId session = SessionId.next();
    SessionId other = SessionId.next();
    await(store.append(Samples.item(session, 0, "a")));
    await(store.append(Samples.tagged(other, "k=1", null)));
    await(store.append(Samples.item(other, 0, "b")));
    await(store.append(Samples.item(session, 1, "c")));
    assertThat(positions(0, Criterion.tag("k", "1"))).containsExactly(1L);
    assertThat(positions(0, Criterion.session(session, Set.of()))).containsExactly(0L, 3L);
    assertThat(positions(1, Criterion.session(session, Set.of("OperationDecided"))))
        .containsExactly(3L);
    assertThat(positions(0, Criterion.session(session, Set.of("SessionOpened")))).isEmpty();
    assertThat(
            positions(
                0, Criterion.tag("k", "1"), Criterion.session(other, Set.of("OperationDecided"))))
        .containsExactly(1L, 2L);
    assertThat(positions(0, new Criterion(Set.of("k=1"), Set.of("SessionOpened")))).isEmpty();
    assertThat(positions(2, new Criterion(Set.of(), Set.of("OperationDecided"))))
        .containsExactly(2L, 3L);
    assertThat(await(store.read(0, 2, List.of()))).hasSize(2);
  }

  @Test
  void rejectsWhatIsTooLargeOrCannotBeStoredAndNobodyElse() {
    SessionId session = SessionId.next();
    CompletionStage<Long> large =
        store.append(
            new Item(
                List.of(
                    new Draft(
                        Samples.segment(session, 0, 65 << 20),
                        new KeyScope.OfSession(session),
                        session,
                        0,
                        Set.of())),
                null,
                Urgency.segment));
    assertThat(reason(large)).isEqualTo(Reason.tooLarge);
    assertThatThrownBy(() -> store.append(Samples.tagged(session, "k=\u0000", null)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.append(Samples.tagged(session, "session=1", null)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(await(store.append(Samples.item(session, 0, "fine")))).isZero();
  }

  @Test
  void answersInOrderWhenItsConnectionsAreKilledAgainAndAgain() throws Exception {
    SessionId session = SessionId.next();
    List<CompletionStage<Long>> answers = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      answers.add(store.append(Samples.item(session, i, "select " + i)));
      if (i % 100 == 50) {
        test.ask(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'countersign_append'");
      }
      if (i % 20 == 0) {
        Thread.sleep(1);
      }
    }
    assertThat(answers.stream().map(StoreTest::await))
        .containsExactlyElementsOf(LongStream.range(0, 2_000).boxed().toList());
    assertThat(read(0)).extracting(Samples::text).containsExactly(texts(2_000));
  }

  @Test
  void tellsOfNewHeadsWhoeverAppended() throws Exception {
    ConcurrentLinkedQueue<Long> heard = new ConcurrentLinkedQueue<>();
    try (Store second = Store.open(test.settings, test.vertx);
        var subscription = second.onHead(heard::add)) {
      assertThat(subscription).isNotNull();
      SessionId session = SessionId.next();
      for (int i = 0; i < 20; i++) {
        await(store.append(Samples.item(session, i, "x")));
      }
      for (int i = 0; i < 100 && second.knownHead() < 19; i++) {
        Thread.sleep(20);
      }
      assertThat(second.knownHead()).isEqualTo(19);
      assertThat(List.copyOf(heard)).isNotEmpty().isSorted();
      List<StoredEvent> read = await(second.read(0, 100, List.of()));
      assertThat(read).extracting(Samples::text).containsOnly("x");
    }
  }

  @Test
  void readsPiecesOfRecordings() {
    SessionId session = SessionId.next();
    SessionEvent segment = Samples.segment(session, 0, 20_000);
    Draft draft = new Draft(segment, new KeyScope.OfSession(session), session, 0, Set.of());
    long position = await(store.append(new Item(List.of(draft), null, Urgency.segment)));
    await(store.append(Samples.item(session, 1, "x")));
    var recordings = store.recordings();
    assertThat(await(recordings.read(session, position)).frames()).hasSize(20_000);
    assertThatThrownBy(() -> await(recordings.read(session, position + 1)))
        .hasCauseInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> await(recordings.read(SessionId.next(), position)))
        .hasCauseInstanceOf(NoSuchElementException.class);
  }

  @Test
  void givesAnErasedMarkerWhenAKeyWasErasedAndSaysWhenOneIsLost() throws Exception {
    SessionId kept = SessionId.next();
    SessionId erased = SessionId.next();
    SessionId lost = SessionId.next();
    await(store.append(Samples.item(kept, 0, "kept")));
    await(store.append(Samples.item(erased, 0, "erased")));
    await(store.append(Samples.item(lost, 0, "lost")));
    assertThat(store.keys().erase(Set.of(erased))).isEqualTo(1);
    Path keys;
    try (var files = Files.list(test.settings.keyDirectory())) {
      keys = files.filter(f -> f.toString().endsWith(".keys")).findFirst().orElseThrow();
    }
    List<String> lines = Files.readAllLines(keys);
    Files.write(keys, lines.stream().filter(l -> !l.contains(lost.toString())).toList());
    try (Store second = Store.open(test.settings, test.vertx)) {
      for (Store each : List.of(store, second)) {
        List<StoredEvent> read = await(each.read(0, 10, List.of()));
        assertThat(read.get(0).event()).isInstanceOf(SessionEvent.OperationDecided.class);
        assertThat(why(read.get(1))).isEqualTo("erased");
        assertThat(((StoredEvent.Unreadable) read.get(1).event()).clear())
            .contains(erased.toString());
      }
      assertThat(why(await(second.read(2, 1, List.of())).getFirst())).isEqualTo("lost");
    } finally {
      Files.write(keys, lines);
    }
    // Nothing more is recorded of what was erased, and what was recorded still proves itself.
    assertThatThrownBy(() -> await(store.append(Samples.item(erased, 1, "late"))))
        .hasCauseInstanceOf(AppendRefused.class)
        .hasMessageContaining("was erased");
    await(store.append(Samples.item(kept, 1, "goes on")));
  }

  private static String why(StoredEvent stored) {
    return ((StoredEvent.Unreadable) stored.event()).why();
  }

  @Test
  void noticesBytesMovedToAnotherEvent() throws Exception {
    SessionId session = SessionId.next();
    await(store.append(Samples.item(session, 0, "harmless")));
    await(store.append(Samples.item(session, 1, "harmful!")));
    test.execute(
        "update log.events e set sealed = (select sealed from log.events where position = 0) where position = 1");
    assertThat(read(0).get(1).event())
        .isEqualTo(new StoredEvent.Unreadable("OperationDecided", clear(1), "tampered"));
    test.execute("update log.events set session_seq = 5 where position = 0");
    assertThat(read(0).get(0).event()).isInstanceOf(StoredEvent.Unreadable.class);
  }

  @Test
  void locksTheAppendRoleOutOfEverythingElse() throws Exception {
    for (String forbidden :
        List.of(
            "update log.events set clear = ''",
            "delete from log.events",
            "truncate log.events",
            "create table log.mine (id int)",
            "create table view.mine (id int)",
            "delete from log.appended")) {
      assertThatThrownBy(() -> as("countersign_append", forbidden))
          .isInstanceOf(java.sql.SQLException.class)
          .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }
    assertThatThrownBy(() -> as("countersign_view", "select * from log.events"))
        .hasMessageContaining("permission denied");
  }

  private void as(String role, String sql) throws Exception {
    test.execute("set role " + role + "; " + sql);
  }

  private String clear(long position) throws Exception {
    return test.ask("select clear from log.events where position = " + position);
  }

  private boolean tries(Criterion criterion) {
    Item item = Samples.tagged(SessionId.next(), "other=1", new Condition(-1, List.of(criterion)));
    return outcome(store.append(item)) == null;
  }

  private List<Long> positions(long from, Criterion... criteria) {
    return await(store.read(from, 100, List.of(criteria))).stream()
        .map(StoredEvent::position)
        .toList();
  }

  private List<StoredEvent> read(long from) {
    return await(store.read(from, 10_000, List.of()));
  }

  private static String[] texts(int count) {
    String[] texts = new String[count];
    Arrays.setAll(texts, i -> "select " + i);
    return texts;
  }

  static Reason reason(CompletionStage<?> stage) {
    Reason reason = outcome(stage);
    assertThat(reason).isNotNull();
    return reason;
  }

  /** Null when it was accepted. */
  static Reason outcome(CompletionStage<?> stage) {
    try {
      await(stage);
      return null;
    } catch (CompletionException e) {
      return ((AppendRefused) e.getCause()).reason();
    }
  }

  static <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
