package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.app.endtoend.Program.Ran;
import countersign.verifier.Malformed;
import countersign.verifier.note.Note;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a witness, each the packaged program, and a gateway that is taken back. */
final class WitnessIT {
  @TempDir private Path home;

  @Test
  void aWitnessCosignsWhatContinuesAndRefusesWhatWasTakenBack() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      read(demo, "before");
      assertThat(demo.stop()).isZero();
      Path backup = home.resolve("backup");
      shell("cp -a " + demo.data() + " " + backup);
      String log = Files.readString(demo.data().resolve("log/vkey")).strip();
      int port = freePort();
      Process witness = witness(port, log);
      try {
        String key = Files.readString(home.resolve("witness.out")).strip();
        demo.startAgain(added(port, key));
        read(demo, "witnessed");
        awaitCosigned(demo);
        Path bundle = export(demo, "good.zip");
        // It holds what the backup does not.
        String kept = file("kept", inside(bundle, "log/checkpoint"));
        String policy = "log %s\nwitness w1 %s http://127.0.0.1:%d\n".formatted(log, key, port);
        assertThat(inside(bundle, "log/policy.txt"))
            .isEqualTo(policy + "group witnesses 1 w1\nquorum witnesses\n");
        Ran good = verify(bundle, "--policy", file("own", policy + "quorum w1\n"));
        assertThat(good.exit()).as(good.out()).isZero();
        assertThat(good.out()).contains("quorum w1 is met", "witness w1 saw this tree by ");
        assertThat(verify(bundle, "--since", kept).exit()).isZero();
        assertThat(demo.stop()).isZero();

        shell("rm -rf " + demo.data() + " && cp -a " + backup + " " + demo.data());
        demo.startAgain();
        read(demo, "after");
        Pause.until(
            "the witness refuses",
            Duration.ofSeconds(60),
            () ->
                demo.as("dana")
                    .get("integrity")
                    .path("problems")
                    .toString()
                    .contains("taken back"));
        assertThat(checkpoint(demo).signatures()).hasSize(1);
        Path bad = export(demo, "bad.zip");
        assertThat(verify(bad).exit()).as("by itself it is whole").isZero();
        assertThat(verify(bad, "--policy", file("own", policy + "quorum w1\n")).exit())
            .isEqualTo(3);
        Ran since = verify(bad, "--since", kept);
        assertThat(since.exit()).as(since.out()).isEqualTo(1);
        assertThat(since.out()).containsPattern("log went back|history was rewritten");
      } finally {
        witness.destroy();
        assertThat(witness.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static void read(RunningDemo demo, String word) {
    try (Psql psql =
        Psql.open(demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
      psql.type("select '" + word + "';");
      psql.await(word);
    }
  }

  private Process witness(int port, String log) throws Exception {
    Path out = home.resolve("witness.out");
    Process process =
        new ProcessBuilder(
                Program.line(
                    "witness",
                    "--listen",
                    Integer.toString(port),
                    "--state",
                    home.resolve("witness").toString(),
                    "--name",
                    "witness.example",
                    "--log-vkey",
                    log))
            .redirectOutput(out.toFile())
            .redirectError(home.resolve("witness.err").toFile())
            .start();
    Pause.until(
        "the witness tells its key", Duration.ofSeconds(60), () -> out.toFile().length() > 0);
    return process;
  }

  private Path added(int port, String key) throws Exception {
    return Files.writeString(
        home.resolve("witnesses.yaml"),
        "witnesses: [{url: \"http://127.0.0.1:%d\", key: \"%s\"}]\n".formatted(port, key));
  }

  private static void awaitCosigned(RunningDemo demo) {
    Pause.until(
        "a cosigned checkpoint",
        Duration.ofSeconds(60),
        () -> checkpoint(demo).signatures().size() == 2);
  }

  private static Note checkpoint(RunningDemo demo) {
    try (InputStream in = demo.as("dana").bytes("log/checkpoint")) {
      return Note.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException | Malformed e) {
      throw new AssertionError(e);
    }
  }

  private Path export(RunningDemo demo, String name) throws Exception {
    Path bundle = home.resolve(name);
    Ran ran =
        Program.as(demo, "dana", "export", "evidence", "--last", "1h", "--out", bundle.toString());
    assertThat(ran.exit()).as(ran.err()).isZero();
    return bundle;
  }

  private static Ran verify(Path bundle, String... more) throws Exception {
    String[] line = new String[more.length + 2];
    line[0] = "verify";
    line[1] = bundle.toString();
    System.arraycopy(more, 0, line, 2, more.length);
    return Program.offline(line);
  }

  private String file(String name, String content) throws Exception {
    return Files.writeString(home.resolve(name), content).toString();
  }

  private static String inside(Path bundle, String name) throws Exception {
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      return new String(
          zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void shell(String script) throws Exception {
    Ran ran = Program.run(Path.of("/"), Map.of(), List.of("sh", "-c", script));
    assertThat(ran.exit()).as(ran.err()).isZero();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
