package countersign.edge.protocol.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The real psql. */
final class Psql {
  record Said(int exit, String out, String err) {}

  private Psql() {}

  static Process start(List<String> where, String password, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("psql", "-X", "-A", "-t"));
    command.addAll(where);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PGPASSWORD", password);
    builder.environment().put("PGCLIENTENCODING", "UTF8");
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Said run(List<String> where, String password, List<String> arguments, String input) {
    Process process = start(where, password, arguments);
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it ended before it read everything
    }
    return wait(process);
  }

  static Said wait(Process process) {
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process, true));
    String out = read(process, false);
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("psql hangs");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new Said(process.exitValue(), out, err.join());
  }

  private static String read(Process process, boolean error) {
    try {
      return new String(
          (error ? process.getErrorStream() : process.getInputStream()).readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
