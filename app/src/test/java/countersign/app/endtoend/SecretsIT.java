package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The canary: tokens and passwords that were really used are looked for in every file the program
 * wrote, its output and the process list.
 */
final class SecretsIT {
  @Test
  void noTokenAndNoPasswordIsFoundAnywhere() throws IOException {
    try (RunningDemo demo = RunningDemo.start()) {
      List<String> tokens = new ArrayList<>();
      for (String name : List.of("agent-ada", "bob", "erin")) {
        String token = demo.token(name);
        tokens.add(token);
        Psql.run(demo.conninfo(name, demo.port(6432), "orders"), token, "-c", "select 1");
        Psql.run(demo.conninfo(name, demo.port(6432), "nowhere"), token, "-c", "select 1");
        Psql.run(demo.conninfo(name, demo.port(6432), "orders"), token + "x", "-c", "select 1");
        new Rest(demo.url(), token).tryGet("sessions");
        new Rest(demo.url(), token + "x").tryGet("sessions");
        demo.as(name).tryGet("nothing-here");
      }
      assertThat(processList()).as("the process list").doesNotContain(tokens);
      demo.stop();
      assertThat(demo.log()).as("the output").doesNotContain(tokens);
      for (String token : tokens) {
        // The signature alone would do to tell it, and survives a cut.
        String canary = token.substring(token.lastIndexOf('.') + 1).substring(0, 40);
        assertThat(holding(demo.data(), canary)).as("files that hold a token").isEmpty();
      }
      for (String password : passwords(demo.data())) {
        assertThat(demo.log()).doesNotContain(password);
        assertThat(holding(demo.data(), password)).as("files that hold a password").hasSize(1);
      }
    }
  }

  /** Passwords are kept in files of their own, readable by their owner only. */
  private static List<String> passwords(Path data) throws IOException {
    List<String> passwords = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(f -> f.getFileName().toString().contains("password"))
              .toList()) {
        assertThat(Files.getPosixFilePermissions(file)).as("%s", file).hasSizeLessThanOrEqualTo(2);
        passwords.add(Files.readString(file).strip());
      }
    }
    assertThat(passwords).as("password files below %s", data).isNotEmpty();
    return passwords;
  }

  private static List<Path> holding(Path data, String canary) throws IOException {
    byte[] needle = canary.getBytes(StandardCharsets.US_ASCII);
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
            .contains(new String(needle, StandardCharsets.ISO_8859_1))) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static String processList() throws IOException {
    Process ps = new ProcessBuilder("ps", "axwwe", "-o", "args").start();
    String all = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // psql's own environment carries PGPASSWORD while it runs; ours must not.
    return all.lines()
        .filter(line -> line.contains("java") || line.contains("postgres"))
        .toList()
        .toString();
  }
}
