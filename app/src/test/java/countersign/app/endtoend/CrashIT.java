package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * kill -9 while callers work. The oracle is the target's own log: everything it executed that is
 * not a plain read has a durable decision, and so has every plain read whose answer a caller saw.
 * Half of the kills take the databases too. Ten kills here, two hundred with {@code ./countersign
 * test --long crash}.
 */
final class CrashIT {
  private static final int CALLERS = 4;

  /** In what changes something: decided before the target may see it. */
  private static final Pattern WRITE = Pattern.compile("write-\\d+-\\d+");

  /** In plain reads: they may run while they are being recorded, but no answer leaves before. */
  private static final Pattern READ = Pattern.compile("read-\\d+-\\d+");

  private final AtomicLong number = new AtomicLong();

  @Test
  void losesNoDecisionOfAnythingThatWasExecutedOrSeen() throws Exception {
    int kills = System.getProperty("long", "").equals("crash") ? 200 : 10;
    long executed = 0;
    long seen = 0;
    try (RunningDemo demo = RunningDemo.start()) {
      Set<String> judged = new HashSet<>();
      Set<String> read = new HashSet<>();
      for (int kill = 0; kill < kills; kill++) {
        Set<String> answers = workUntilKilled(demo, kill);
        demo.startAgain();
        long ready = System.nanoTime();
        Pause.until(
            "no session is open any more, so every gap is shown",
            Duration.ofSeconds(10),
            () -> demo.as("frank").get("sessions?state=open").path("items").isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - ready)).isLessThan(Duration.ofSeconds(10));
        for (JsonNode session : demo.as("frank").all("sessions?state=interrupted")) {
          assertThat(session.hasNonNull("gapAt")).as("%s", session).isTrue();
        }
        decided(demo, read, judged);
        Set<String> ran = new TreeSet<>(executedByTarget(demo));
        executed = ran.size();
        seen += answers.size();
        ran.removeAll(judged);
        assertThat(ran).as("executed without a durable decision, kill %s", kill).isEmpty();
        answers.removeAll(judged);
        assertThat(answers).as("answered without a durable decision, kill %s", kill).isEmpty();
      }
      System.out.printf(
          "crash: %d kills, %d writes executed by the target and %d answers of reads seen, 0 without"
              + " a durable decision%n",
          kills, executed, seen);
    }
    assertThat(executed).isGreaterThan(kills * 5L);
    assertThat(seen).isGreaterThan(kills * 5L);
  }

  private Set<String> workUntilKilled(RunningDemo demo, int kill) throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    String token = demo.token("alice");
    List<Psql> callers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Psql psql = Psql.open(demo.conninfo("alice", demo.port(6432), "orders"), token);
      callers.add(psql);
      threads.add(Thread.ofVirtual().start(() -> work(psql, kill, over)));
    }
    callers.getFirst().await("read-" + kill + "-");
    Pause.millis(ThreadLocalRandom.current().nextInt(300, 2000));
    if (kill % 2 == 0) {
      demo.killJvm();
    } else {
      demo.killGroup();
    }
    over.set(true);
    for (Thread thread : threads) {
      thread.join(10_000);
    }
    Pause.millis(200);
    Set<String> answers = new HashSet<>();
    for (Psql psql : callers) {
      // Answers only: psql -q -t prints rows, and of errors the statement is quoted on LINE 1.
      psql.output()
          .lines()
          .filter(line -> line.startsWith("answer|"))
          .forEach(line -> markers(READ, line, answers));
      psql.close();
    }
    return answers;
  }

  private void work(Psql psql, int kill, AtomicBoolean over) {
    try {
      while (!over.get()) {
        String mark = kill + "-" + number.incrementAndGet();
        psql.type(
            switch (ThreadLocalRandom.current().nextInt(3)) {
              case 0 -> "select 'answer', 'read-" + mark + "', id from payments where id = 50;";
              case 1 ->
                  "update payments set amount = amount where id = 51 and 'write-"
                      + mark
                      + "' <> '';";
              case 2 ->
                  "begin; select 'answer', 'read-"
                      + mark
                      + "'; update payments set amount = amount where id = 52 and 'write-"
                      + mark
                      + "' <> ''; commit;";
              default -> throw new IllegalStateException();
            });
        Pause.millis(ThreadLocalRandom.current().nextInt(5));
      }
    } catch (RuntimeException _) {
      // The pipe broke: psql has gone with its connection.
    }
  }

  /** What the sessions that ended with the last kill decided; earlier ones were read then. */
  private static void decided(RunningDemo demo, Set<String> read, Set<String> into) {
    Rest frank = demo.as("frank");
    for (JsonNode session : frank.all("sessions?sort=-openedAt&principal=alice")) {
      String id = session.path("id").asText();
      if (read.add(id)) {
        for (JsonNode operation : frank.all("sessions/" + id + "/operations")) {
          markers(READ, operation.path("text").asText(), into);
          markers(WRITE, operation.path("text").asText(), into);
        }
      }
    }
  }

  private static Set<String> executedByTarget(RunningDemo demo) throws IOException {
    Set<String> marks = new HashSet<>();
    try (Stream<Path> files = Files.walk(demo.data(), 6)) {
      List<Path> logs =
          files
              .filter(f -> f.toString().endsWith(".log") && f.toString().contains("target"))
              .toList();
      assertThat(logs).as("the target's own log below %s", demo.data()).isNotEmpty();
      for (Path log : logs) {
        try (Stream<String> lines =
            Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
          lines.forEach(line -> markers(WRITE, line, marks));
        }
      }
    }
    return marks;
  }

  private static void markers(Pattern marker, String text, Set<String> into) {
    Matcher matcher = marker.matcher(text);
    while (matcher.find()) {
      into.add(matcher.group());
    }
  }
}
