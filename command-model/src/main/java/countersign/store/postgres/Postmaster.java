package countersign.store.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** A running postmaster: found ready, ended in order, found again after a crash of ours. */
final class Postmaster {
  private static final Logger LOG = Logger.getLogger(Postmaster.class);
  private static final long LOG_KEPT = 10L << 20;

  /** PostgreSQL's words when processes of a killed postmaster have not quite gone. */
  private static final String REMAINS = "shared memory block";

  /** The same when the killed postmaster itself is not yet reaped by whoever inherited it. */
  private static final String LOCKED = "lock file \"postmaster.pid\" already exists";

  private final Process process;

  private Postmaster(Process process) {
    this.process = process;
  }

  long pid() {
    return process.pid();
  }

  static Postmaster start(List<String> command, Path data, Path log, Duration patience)
      throws IOException {
    if (Files.exists(log) && Files.size(log) > LOG_KEPT) {
      Files.move(log, log.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long from = Files.exists(log) ? Files.size(log) : 0;
      Process process =
          new ProcessBuilder(command)
              .directory(new java.io.File("/"))
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      if (ready(process, data, deadline)) {
        return new Postmaster(process);
      }
      process.destroyForcibly();
      String said = lastLines(log, from);
      boolean passing =
          said.contains(REMAINS) || (said.contains(LOCKED) && leftover(data).isEmpty());
      if (!passing || System.nanoTime() > deadline) {
        throw new IOException("PostgreSQL did not start:\n" + said);
      }
      pause(100);
    }
  }

  /** Asks for a fast shutdown, and harder when that does not help. */
  void stop() {
    end(process.toHandle());
  }

  /** Ends the postmaster that a killed process of ours left on this directory. */
  static void endLeftover(Path data) throws IOException {
    Optional<ProcessHandle> left = leftover(data);
    if (left.isPresent()) {
      LOG.infof("postgres=left over pid=%d action=stop", left.get().pid());
      end(left.get());
    }
  }

  private static Optional<ProcessHandle> leftover(Path data) throws IOException {
    List<String> lines = pidFile(data);
    if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) {
      return Optional.empty();
    }
    long pid = Long.parseLong(lines.getFirst().strip());
    String own = "-D\0" + data + "\0";
    return ProcessHandle.of(pid).filter(_ -> commandLine(pid).contains(own));
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }

  /** SIGINT is PostgreSQL's fast, SIGQUIT its immediate shutdown. */
  private static void end(ProcessHandle handle) {
    for (String signal : List.of("INT", "QUIT", "KILL")) {
      if (!handle.isAlive()) {
        return;
      }
      try {
        int sent =
            new ProcessBuilder("kill", "-" + signal, Long.toString(handle.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (sent != 0) {
          LOG.warnf("postgres=not signalled pid=%d signal=%s", (Object) handle.pid(), signal);
        }
        handle.onExit().get(signal.equals("INT") ? 20 : 5, TimeUnit.SECONDS);
        return;
      } catch (java.util.concurrent.TimeoutException again) {
        LOG.warnf("postgres=still running pid=%d signal=%s", handle.pid(), signal);
      } catch (IOException | java.util.concurrent.ExecutionException e) {
        LOG.warnf("postgres=not signalled pid=%d error=%s", handle.pid(), e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        handle.destroyForcibly();
        return;
      }
    }
  }

  /** The postmaster writes its state as the eighth line of its pid file (pidfile.h). */
  private static boolean ready(Process process, Path data, long deadline) throws IOException {
    while (process.isAlive() && System.nanoTime() < deadline) {
      List<String> lines = pidFile(data);
      if (lines.size() >= 8
          && lines.getFirst().strip().equals(Long.toString(process.pid()))
          && lines.get(7).strip().equals("ready")) {
        return true;
      }
      pause(10);
    }
    return false;
  }

  private static List<String> pidFile(Path data) throws IOException {
    try {
      return Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while PostgreSQL starts", e);
    }
  }

  /** Returns the last 20 lines of a file. */
  static String lastLines(Path file) throws IOException {
    return lastLines(file, 0);
  }

  private static String lastLines(Path file, long from) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int start = (int) Math.min(from, all.length);
    String text =
        new String(all, start, all.length - start, java.nio.charset.StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
