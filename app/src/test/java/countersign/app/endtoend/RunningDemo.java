package countersign.app.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packaged program as a stranger runs it: {@code demo} in a process group of its own, on free
 * ports and a directory of its own.
 */
final class RunningDemo implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(120);
  private static final int[] PORTS = {8080, 6432, 54329, 54330};

  private final Path data;
  private final int offset;
  private final Map<String, String> environment;
  private @Nullable Path configuration;
  private final Path log;
  private Process process;

  private RunningDemo(Path data, int offset, Map<String, String> environment) {
    this.data = data;
    this.environment = environment;
    this.offset = offset;
    this.log = data.resolveSibling(data.getFileName() + ".log");
    this.process = launch();
  }

  /** Starts on a new directory and waits until it is ready. */
  static RunningDemo start() {
    return start(Map.of());
  }

  /** The same with something in its environment. */
  static RunningDemo start(Map<String, String> environment) {
    try {
      RunningDemo demo =
          new RunningDemo(
              Files.createTempDirectory("countersign-it").resolve("d"), freeOffset(), environment);
      demo.awaitReady();
      return demo;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts again, from now on with a file of additions. */
  void startAgain(Path added) {
    configuration = added;
    startAgain();
  }

  /** Starts again on the same directory after a stop or a kill. */
  void startAgain() {
    process = launch();
    awaitReady();
  }

  /** Ctrl-C, and waits for the end. */
  int stop() {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the demo did not stop within 60 s:\n" + logTail());
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** kill -9 of the JVM alone; its PostgreSQLs live on as orphans. */
  void killJvm() {
    kill(Long.toString(process.pid()));
  }

  /** kill -9 of everything the demo started, the PostgreSQLs included. */
  void killGroup() {
    // PostgreSQL leaves the group (pg_ctl makes a session of its own), so descendants are named
    // too.
    List<String> targets = new ArrayList<>();
    process.descendants().forEach(p -> targets.add(Long.toString(p.pid())));
    targets.addAll(postmasters());
    targets.add("-" + process.pid());
    kill(targets.toArray(String[]::new));
  }

  private List<String> postmasters() {
    try (Stream<Path> files = Files.walk(data, 4)) {
      List<String> pids = new ArrayList<>();
      for (Path file : files.filter(f -> f.endsWith("postmaster.pid")).toList()) {
        pids.add(Files.readAllLines(file).getFirst().strip());
      }
      return pids;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the programs of the PostgreSQL are that the demo runs. */
  Path binaries() {
    try {
      String line = Files.readString(data.resolve("store/data/postmaster.opts"));
      return Path.of(line.split(" ", 2)[0]).getParent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill(String... targets) {
    List<String> line = new ArrayList<>(List.of("kill", "-9", "--"));
    line.addAll(List.of(targets));
    try {
      new ProcessBuilder(line).redirectErrorStream(true).start().waitFor();
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  int port(int standard) {
    return standard + offset;
  }

  Path data() {
    return data;
  }

  String url() {
    return "http://localhost:" + port(8080);
  }

  Rest as(String name) {
    return new Rest(url(), token(name));
  }

  String token(String name) {
    return Rest.demoToken(url(), name);
  }

  /** psql's connection string, in plain text on loopback, through a port. */
  String conninfo(String name, int port, String target) {
    return "host=127.0.0.1 port="
        + port
        + " user="
        + name
        + " dbname="
        + target
        + " sslmode=disable";
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String logTail() {
    List<String> lines = log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  private Process launch() {
    try {
      Files.createDirectories(data.getParent());
      List<String> line = new ArrayList<>(List.of("setsid", "--wait"));
      line.addAll(
          Program.line(
              "demo", "--data", data.toString(), "--port-offset", Integer.toString(offset)));
      Path added = configuration;
      if (added != null) {
        line.addAll(List.of("--config", added.toString()));
      }
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    long start = log().length();
    long deadline = System.nanoTime() + READY.toNanos();
    while (!ready(start)) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the demo ended before it was ready:\n" + logTail());
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the demo was not ready in " + READY + ":\n" + logTail());
      }
      Pause.millis(100);
    }
  }

  private boolean ready(long since) {
    String now = log();
    return now.substring((int) Math.min(since, now.length())).contains("Countersign is ready");
  }

  private static int freeOffset() {
    // From 6700 on every port is outside the range that the system gives to clients (32768–60999).
    for (int offset = 6700 + (int) (System.nanoTime() % 2000); offset < 9900; offset += 7) {
      boolean free = true;
      for (int port : PORTS) {
        free &= isFree(port + offset);
      }
      if (free) {
        return offset;
      }
    }
    throw new IllegalStateException("no free port offset");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        stop();
      } finally {
        killGroup();
      }
    } else {
      killGroup();
    }
    try (Stream<Path> files = Files.walk(data.getParent())) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
