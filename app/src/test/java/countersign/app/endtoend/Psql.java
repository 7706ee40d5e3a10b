package countersign.app.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real psql whose standard input stays open, so that one session takes several statements. */
final class Psql implements AutoCloseable {
  private final Process process;
  private final StringBuilder seen = new StringBuilder();
  private final Thread reader;

  private Psql(List<String> line, String token) {
    try {
      ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
      builder.environment().put("PGPASSWORD", token);
      builder.environment().put("PGCONNECT_TIMEOUT", "20");
      builder.environment().put("PAGER", "cat");
      builder.environment().put("TERM", "dumb");
      this.process = builder.start();
      this.reader = Thread.ofVirtual().start(this::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** psql reading statements from a pipe; notices and errors with all their fields. */
  static Psql open(String conninfo, String token) {
    return new Psql(List.of("psql", "-X", "-A", "-t", "-v", "VERBOSITY=verbose", conninfo), token);
  }

  /** psql on a terminal of its own, so that Ctrl-C is Ctrl-C. */
  static Psql onTerminal(String conninfo, String token) {
    return new Psql(
        List.of(
            "script",
            "-qefc",
            "psql -X -A -t -n -v VERBOSITY=verbose '" + conninfo + "'",
            "/dev/null"),
        token);
  }

  /** Runs one psql to its end. */
  static String run(String conninfo, String token, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("psql", "-X", "-A", "-t", "-v", "VERBOSITY=verbose", conninfo));
    line.addAll(List.of(arguments));
    try (Psql psql = new Psql(line, token)) {
      psql.finish();
      return psql.output();
    }
  }

  void type(String text) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void controlC() {
    try {
      process.getOutputStream().write(3);
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until psql has printed something. */
  void await(String text) {
    Pause.until(
        "psql prints: " + text + "\nso far:\n" + output(),
        Duration.ofSeconds(30),
        () -> output().contains(text));
  }

  String output() {
    synchronized (seen) {
      return seen.toString();
    }
  }

  /** What was printed since the last call. */
  String take() {
    synchronized (seen) {
      String text = seen.toString();
      seen.setLength(0);
      return text;
    }
  }

  int finish() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError("psql did not end:\n" + output());
      }
      reader.join(5000);
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    byte[] buffer = new byte[8192];
    try (InputStream stdout = process.getInputStream()) {
      for (int n = stdout.read(buffer); n >= 0; n = stdout.read(buffer)) {
        synchronized (seen) {
          seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException _) {
      // psql is gone.
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
