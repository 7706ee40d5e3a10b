package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program's commands, each as a process of its own. */
final class Program {
  private Program() {}

  /** How one ended. */
  record Ran(int exit, String out, String err) {}

  /** A command line of the packaged program. */
  static List<String> line(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath().toString()));
    line.addAll(List.of(arguments));
    return line;
  }

  /** Runs a command as somebody who holds a token. */
  static Ran as(RunningDemo demo, String who, String... arguments) throws Exception {
    return run(
        Path.of("."),
        Map.of("COUNTERSIGN_URL", demo.url(), "COUNTERSIGN_TOKEN", demo.token(who)),
        line(arguments));
  }

  /** Runs a command that needs nobody. */
  static Ran offline(String... arguments) throws Exception {
    return run(Path.of("."), Map.of(), line(arguments));
  }

  /** Runs any program to its end. */
  static Ran run(Path directory, Map<String, String> environment, List<String> line)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
    builder.environment().putAll(environment);
    Path err = Files.createTempFile("program", ".err");
    try {
      Process process = builder.redirectError(err.toFile()).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
      return new Ran(process.exitValue(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }
}
