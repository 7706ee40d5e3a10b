package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Two processes of 32 writers each, killed and cut off from the database at random: no gap, no
 * duplicate, no acknowledged event lost, two conditions never both win, readers see the order of
 * positions. {@code -Dlong=conformance} runs it for ten minutes instead of ten seconds.
 */
class EngineConformanceTest {
  private static final boolean LONG = "conformance".equals(System.getProperty("long"));
  private static final Duration TIME = LONG ? Duration.ofMinutes(10) : Duration.ofSeconds(12);
  private static final int WRITERS = 32;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<Path> notes = new ArrayList<>();
  private int jvmKills;
  private int cuts;

  @Test
  void losesNothingAndLetsNoTwoConditionsWin() throws Exception {
    Path directory = Files.createTempDirectory("countersign-conformance-");
    try (TestStore test = TestStore.open()) {
      Path password = Files.writeString(directory.resolve("password"), owner(test));
      List<Process> processes = new ArrayList<>();
      try (Follower follower = new Follower(test.store)) {
        for (int i = 0; i < 2; i++) {
          processes.add(start(test, directory, password));
        }
        disturb(test, directory, password, processes);
        kill(processes);
        follower.finish(test.store.head().toCompletableFuture().get(20, TimeUnit.SECONDS));
        check(follower.events);
      } finally {
        kill(processes);
      }
    } finally {
      TestStore.delete(directory);
    }
  }

  private void disturb(TestStore test, Path directory, Path password, List<Process> processes)
      throws Exception {
    awaitNotes(2);
    List<Path> running = new ArrayList<>(notes);
    long start = System.nanoTime();
    while (System.nanoTime() - start < TIME.toNanos() || !enough()) {
      assertThat(System.nanoTime() - start).as("time").isLessThan(5 * TIME.toNanos());
      Thread.sleep(200 + random.nextInt(800));
      int which = random.nextInt(processes.size());
      if (random.nextInt(3) == 0 && written(running.get(which)) > 0) {
        processes.get(which).destroyForcibly().waitFor();
        processes.set(which, start(test, directory, password));
        running.set(which, notes.getLast());
        jvmKills++;
      } else {
        test.ask(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                + " where usename = 'countersign_append' and random() < 0.5");
        cuts++;
      }
    }
    processes.getFirst().destroyForcibly().waitFor();
    jvmKills++;
  }

  /** On a busy machine processes take long to start: what counts is what was tried. */
  private boolean enough() {
    return jvmKills >= 2
        && cuts >= 3
        && notes.stream().mapToLong(EngineConformanceTest::written).sum() > 100_000;
  }

  private static long written(Path file) {
    return Files.exists(file) ? file.toFile().length() : 0;
  }

  /** Waits until so many processes acknowledge. */
  private void awaitNotes(int processes) throws Exception {
    for (int i = 0; i < 600; i++) {
      if (notes.stream().filter(n -> Files.exists(n) && n.toFile().length() > 0).count()
          >= processes) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the writers do not write");
  }

  private void check(List<StoredEvent> events) throws IOException {
    String context =
        "seed %d, %d kills, %d cuts, %d events".formatted(seed, jvmKills, cuts, events.size());
    Set<UUID> ids = new HashSet<>();
    Map<Object, Long> sessions = new HashMap<>();
    Map<String, Long> counters = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      StoredEvent event = events.get(i);
      assertThat(event.position()).as(context).isEqualTo(i);
      assertThat(ids.add(event.id())).as(context).isTrue();
      if (event.session() != null) {
        assertThat(event.sessionSeq())
            .as(context)
            .isEqualTo(sessions.merge(event.session(), 0L, (last, _) -> last + 1));
        assertThat(Samples.text(event))
            .as(context)
            .isEqualTo(event.session() + "/" + event.sessionSeq());
      } else {
        String tag = event.tags().iterator().next();
        long before = counters.getOrDefault(tag, -1L);
        assertThat(Samples.text(event)).as(context).isEqualTo("after " + before);
        counters.put(tag, event.position());
      }
    }
    checkAcknowledged(events, context);
  }

  private void checkAcknowledged(List<StoredEvent> events, String context) throws IOException {
    Map<String, Integer> kinds = new HashMap<>();
    for (Path file : notes) {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      for (String line : lines) {
        String[] words = line.split(" ");
        kinds.merge(words[0], 1, Integer::sum);
        if (words[0].equals("S")) {
          StoredEvent event = events.get(Integer.parseInt(words[3]));
          assertThat(event.session() + " " + event.sessionSeq())
              .as(context)
              .isEqualTo(words[1] + " " + words[2]);
        } else if (words[0].equals("C")) {
          StoredEvent event = events.get(Integer.parseInt(words[3]));
          assertThat(event.tags()).as(context).containsExactly(words[1]);
          assertThat(Samples.text(event)).as(context).isEqualTo("after " + words[2]);
        }
      }
    }
    System.out.println("conformance: " + context + ", acknowledged " + kinds);
    assertThat(kinds.getOrDefault("S", 0)).as(context).isGreaterThan(200);
    assertThat(kinds.getOrDefault("C", 0)).as(context).isGreaterThan(20);
    assertThat(jvmKills).isPositive();
  }

  private Process start(TestStore test, Path directory, Path password) throws IOException {
    Path file = directory.resolve("notes-" + notes.size());
    notes.add(file);
    StoreSettings settings = test.settings;
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ConformanceWriter.class.getName(),
            Integer.toString(settings.port()),
            settings.database(),
            settings.ownerUser(),
            password.toString(),
            settings.keyDirectory().toString(),
            String.valueOf(settings.dataDirectory()),
            file.toString(),
            Integer.toString(WRITERS))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("said-" + notes.size()).toFile())
        .start();
  }

  private static void kill(List<Process> processes) throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private static String owner(TestStore test) {
    return new String(test.settings.ownerPassword());
  }

  /** Reads along while everything happens. What it has seen must never change or be overtaken. */
  private static final class Follower implements AutoCloseable {
    final List<StoredEvent> events = new ArrayList<>();
    private final Store store;
    private final Thread thread;
    private volatile boolean ended;
    private volatile AssertionError wrong;

    Follower(Store store) {
      this.store = store;
      this.thread = Thread.ofPlatform().start(this::follow);
    }

    private void follow() {
      while (!ended) {
        try {
          read();
          Thread.sleep(5);
        } catch (AssertionError e) {
          wrong = e;
          return;
        } catch (InterruptedException e) {
          return;
        } catch (java.util.concurrent.CompletionException cut) {
          continue; // its connection was ended too
        }
      }
    }

    private synchronized boolean read() {
      List<StoredEvent> more =
          store.read(events.size(), 500, List.of()).toCompletableFuture().join();
      for (StoredEvent event : more) {
        assertThat(event.position()).isEqualTo(events.size());
        events.add(event);
      }
      return !more.isEmpty();
    }

    void finish(long head) throws InterruptedException {
      ended = true;
      thread.join();
      if (wrong != null) {
        throw wrong;
      }
      while (read()) {
        continue;
      }
      assertThat(events).hasSizeGreaterThanOrEqualTo((int) head + 1);
    }

    @Override
    public void close() {
      ended = true;
      thread.interrupt();
    }
  }
}
