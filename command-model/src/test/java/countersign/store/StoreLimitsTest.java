package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.event.KeyScope;
import countersign.port.AppendRefused;
import countersign.port.AppendRefused.Reason;
import countersign.session.SessionId;
import countersign.store.postgres.EmbeddedPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreLimitsTest {

  @Test
  void keepsTheDisksReserveForControl() throws Exception {
    StoreLimits none = StoreLimits.ordinary().withDiskReserve(Long.MAX_VALUE, 0.05);
    try (TestStore test = TestStore.open(none)) {
      SessionId session = SessionId.next();
      assertThat(reason(test.store.append(Samples.item(session, 0, "x"))))
          .isEqualTo(Reason.diskReserve);
      Draft draft =
          Draft.of(Samples.decided(session, "x"), new KeyScope.OfSession(session), Set.of());
      assertThat(reason(test.store.append(new Item(List.of(draft), null, Urgency.segment))))
          .isEqualTo(Reason.diskReserve);
      assertThat(await(test.store.append(new Item(List.of(draft), null, Urgency.control))))
          .isZero();
      assertThat(await(test.store.read(0, 10, List.of()))).hasSize(1);
    }
  }

  @Test
  void boundsWhatWaitsAndHowLongWhenTheDatabaseStops() throws Exception {
    StoreLimits small =
        new StoreLimits(100_000, 60_000, 1 << 20, 1 << 20, Duration.ofMillis(700), 0, 0);
    try (TestStore test = TestStore.open(small)) {
      SessionId session = SessionId.next();
      await(test.store.append(Samples.item(session, 0, "x")));
      try (var blocker = Owner.connect(test.settings);
          var statement = blocker.createStatement()) {
        blocker.setAutoCommit(false);
        statement.execute("lock table log.appended in access exclusive mode");
        List<CompletionStage<Long>> flood = new ArrayList<>();
        for (int s = 0; s < 4; s++) {
          SessionId other = SessionId.next();
          for (int i = 0; i < 60; i++) {
            flood.add(test.store.append(Samples.item(other, i, "x".repeat(1_000))));
          }
        }
        List<Reason> reasons = flood.stream().map(StoreLimitsTest::reason).toList();
        assertThat(reasons).contains(Reason.overloaded, Reason.storeDown).hasSize(240);
        blocker.rollback();
      }
      SessionId fresh = SessionId.next();
      assertThat(eventually(() -> test.store.append(Samples.item(fresh, 0, "y")))).isPositive();
      List<StoredEvent> all = await(test.store.read(0, 10_000, List.of()));
      assertThat(all.getFirst().position()).isZero();
      assertThat(all.getLast().position()).isEqualTo(all.size() - 1L);
    }
  }

  @Test
  void comesBackWhenPostgresWasRestarted() throws Exception {
    Path directory = Files.createTempDirectory("countersign-restart-");
    int port = TestStore.freePort();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("pg"), port, Map.of());
    Vertx vertx = Vertx.vertx();
    try {
      postgres.createDatabase("log");
      StoreSettings settings =
          StoreSettings.local(
              port,
              "log",
              postgres.user(),
              postgres.password(),
              directory.resolve("keys"),
              postgres.data());
      Migrations.run(settings);
      try (Store store = Store.open(settings, vertx)) {
        SessionId session = SessionId.next();
        await(store.append(Samples.item(session, 0, "before")));
        ProcessHandle postmaster = ProcessHandle.of(postgres.pid()).orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().get(10, TimeUnit.SECONDS);
        CompletionStage<Long> during = store.append(Samples.item(session, 1, "during"));
        postgres.close();
        postgres = EmbeddedPostgres.start(directory.resolve("pg"), port, Map.of());
        assertThat(await(during)).isEqualTo(1);
        assertThat(await(store.read(0, 10, List.of())))
            .extracting(Samples::text)
            .containsExactly("before", "during");
      }
    } finally {
      postgres.close();
      vertx.close().toCompletionStage().toCompletableFuture().join();
      TestStore.delete(directory);
    }
  }

  @Test
  void refusesADatabaseThatMayLoseWhatItAcknowledged() throws Exception {
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      Path directory = Files.createTempDirectory("countersign-lossy-");
      try (EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              directory.resolve("pg"), TestStore.freePort(), Map.of(setting, "off"))) {
        StoreSettings settings =
            StoreSettings.local(
                postgres.port(),
                "postgres",
                postgres.user(),
                postgres.password(),
                directory.resolve("keys"),
                postgres.data());
        assertThatThrownBy(() -> Migrations.run(settings))
            .isInstanceOf(IOException.class)
            .hasMessage(
                "store: " + setting + ": off (expected: on; the log must survive power loss)");
      } finally {
        TestStore.delete(directory);
      }
    }
  }

  @Test
  void makesPartitionsAheadAndMigratesTwiceWithoutHarm() throws Exception {
    try (TestStore test = TestStore.open()) {
      Migrations.run(test.settings);
      assertThat(
              test.ask("select count(*) from pg_inherits where inhparent = 'log.events'::regclass"))
          .isEqualTo("4");
      test.execute(
          "insert into log.appended values (gen_random_uuid(), 1, 33554431, 33554431)"); // p1 is
      // full
      SessionId session = SessionId.next();
      assertThat(await(test.store.append(Samples.item(session, 0, "in p2")))).isEqualTo(33554432L);
      for (int i = 0; i < 100 && test.ask("select to_regclass('log.events_p5')") == null; i++) {
        Thread.sleep(50);
      }
      assertThat(test.ask("select to_regclass('log.events_p5')")).isNotNull();
      assertThat(
              test.ask(
                  "select attstorage from pg_attribute where attrelid = 'log.events_p5'::regclass and attname = 'sealed'"))
          .isEqualTo("e");
    }
  }

  @Test
  void showsNoPasswordAnywhere() throws Exception {
    StoreSettings settings = TestStore.settings();
    assertThat(settings.toString()).doesNotContain(new String(settings.ownerPassword()));
  }

  private static long eventually(java.util.function.Supplier<CompletionStage<Long>> append)
      throws InterruptedException {
    for (int i = 0; i < 50; i++) {
      CompletionStage<Long> answer = append.get();
      if (reason(answer) == null) {
        return await(answer);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("never accepted again");
  }

  private static Reason reason(CompletionStage<?> stage) {
    try {
      await(stage);
      return null;
    } catch (CompletionException e) {
      return ((AppendRefused) e.getCause()).reason();
    }
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
