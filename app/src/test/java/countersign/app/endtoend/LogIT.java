package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.verifier.note.Ed25519;
import countersign.verifier.note.Note;
import countersign.verifier.note.VerifierKey;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of the packaged program: what it serves, and what it says when it is tampered with. */
final class LogIT {
  @TempDir private Path home;

  @Test
  void servesWhatOpensslVerifiesAndFindsAnEditOfTheRecord() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      try (Psql psql =
          Psql.open(
              demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
        psql.type("select 41 + 1;");
        psql.await("42");
      }
      Pause.until(
          "verified",
          Duration.ofSeconds(30),
          () -> demo.as("dana").get("integrity").path("state").asText().equals("ok"));
      Note checkpoint = Note.parse(text(demo, "log/checkpoint"));
      opensslVerifies(checkpoint, VerifierKey.parse(text(demo, "log/vkey").strip()));
      assertThat(fsck(demo.data(), 0)).startsWith("ok: ");

      edit(demo);

      assertThat(fsck(demo.data(), 1)).startsWith("BAD: position 3: edited: event ");
      // The running watch comes by each minute.
      Pause.until(
          "the watch has found it",
          Duration.ofSeconds(90),
          () -> demo.as("dana").get("integrity").path("state").asText().equals("problem"));
      assertThat(demo.as("dana").get("integrity").path("problems").get(0).path("position").asLong())
          .isEqualTo(3);
      assertThat(demo.stop()).isZero();
      assertThat(fsck(demo.data(), 1)).startsWith("BAD: position 3: ");
    }
  }

  private static String text(RunningDemo demo, String path) throws Exception {
    try (InputStream in = demo.as("dana").bytes(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void opensslVerifies(Note checkpoint, VerifierKey key) throws Exception {
    Files.writeString(home.resolve("log.pem"), Ed25519.pem(key.key()));
    Files.writeString(home.resolve("checkpoint.body"), checkpoint.text());
    Files.write(home.resolve("checkpoint.sig"), checkpoint.signatures().getFirst().signature());
    assertThat(
            run(
                0,
                "openssl",
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                "log.pem",
                "-rawin",
                "-in",
                "checkpoint.body",
                "-sigfile",
                "checkpoint.sig"))
        .contains("Signature Verified Successfully");
  }

  /** As the superuser of the store's own PostgreSQL. */
  private static void edit(RunningDemo demo) throws Exception {
    String password = Files.readString(demo.data().resolve("store/password")).strip();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + demo.port(54329) + "/countersign",
                "postgres",
                password);
        Statement statement = connection.createStatement()) {
      statement.execute("update log.events set at = at - interval '1 hour' where position = 3");
    }
  }

  private String fsck(Path data, int exit) throws Exception {
    return run(
        exit,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED",
        "-jar",
        Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath().toString(),
        "fsck",
        "--data",
        data.toString());
  }

  private String run(int exit, String... command) throws Exception {
    Path said = home.resolve("said");
    Process process =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(home.toFile())
            .redirectOutput(said.toFile())
            .redirectError(home.resolve("errors").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String out = Files.readString(said);
    assertThat(process.exitValue())
        .as("%s\n%s\n%s", String.join(" ", command), out, Files.readString(home.resolve("errors")))
        .isEqualTo(exit);
    return out;
  }
}
