package countersign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit product calls nobody. */
final class NoUsageReportsTest {
  @TempDir Path home;

  @Test
  void startsWithoutCallingTheMakerOfItsFramework() throws Exception {
    Process plain = start("plain");
    Process ours = start("ours");
    // Axon left alone does call: the trap works.
    assertThat(output(plain)).contains("started true").contains("called ");
    assertThat(home.resolve("plain/.axoniq")).exists();

    assertThat(output(ours)).contains("started true").doesNotContain("called ");
    assertThat(home.resolve("ours/.axoniq")).doesNotExist();
  }

  private Process start(String which) throws IOException {
    Path directory = Files.createDirectory(home.resolve(which));
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                CallsNobody.class.getName(),
                which))
        .redirectErrorStream(true)
        .start();
  }

  private static String output(Process process) throws Exception {
    try {
      String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return all;
    } finally {
      process.destroyForcibly();
    }
  }
}
