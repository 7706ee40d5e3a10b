package countersign.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresTest {
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("countersign-postgres-");
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    PostgresBinaries.delete(directory);
  }

  @Test
  void keepsItsDataOverARestartAndStartsFastTheSecondTime() throws Exception {
    int port = freePort();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, port, Map.of())) {
      postgres.createDatabase("things");
      postgres.createDatabase("things");
      execute(postgres, "create table kept (id int); insert into kept values (7)");
    }
    long started = System.nanoTime();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, port, Map.of())) {
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
      assertThat(ask(postgres, "select id from kept")).isEqualTo("7");
    }
  }

  @Test
  void isDurableAndListensOnLoopbackAlone() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, freePort(), Map.of())) {
      postgres.createDatabase("things");
      assertThat(ask(postgres, "show fsync")).isEqualTo("on");
      assertThat(ask(postgres, "show full_page_writes")).isEqualTo("on");
      assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(postgres, "show data_checksums")).isEqualTo("on");
      assertThat(ask(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(ask(postgres, "show server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void keepsThePasswordToItself() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, freePort(), Map.of())) {
      Path file = directory.resolve("password");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String line = Files.readString(Path.of("/proc/" + postgres.pid() + "/cmdline"));
      assertThat(line).doesNotContain(new String(postgres.password()));
      assertThat(Files.readString(postgres.log())).doesNotContain(new String(postgres.password()));
    }
  }

  @Test
  void appliesSettingsOfTheCaller() throws Exception {
    Map<String, String> settings = Map.of("log_statement", "all");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, freePort(), settings)) {
      postgres.createDatabase("things");
      execute(postgres, "select 'seen in the log'");
      assertThat(Files.readString(postgres.log())).contains("seen in the log");
    }
  }

  @Test
  void comesBackAfterItsPostmasterWasKilled() throws Exception {
    int port = freePort();
    EmbeddedPostgres killed = EmbeddedPostgres.start(directory, port, Map.of());
    killed.createDatabase("things");
    execute(killed, "create table kept (id int); insert into kept values (7)");
    ProcessHandle postmaster = ProcessHandle.of(killed.pid()).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().get(5, TimeUnit.SECONDS);
    killed.close();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, port, Map.of())) {
      assertThat(ask(postgres, "select id from kept")).isEqualTo("7");
    }
  }

  @Test
  void endsThePostmasterThatAKilledProcessLeftBehind() throws Exception {
    int port = freePort();
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Forever.class.getName(),
                directory.toString(),
                Integer.toString(port))
            .inheritIO()
            .start();
    long left = awaitPostmaster(other);
    assertThatThrownBy(() -> EmbeddedPostgres.start(directory, freePort(), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use by process " + other.pid());
    other.destroyForcibly().waitFor();
    assertThat(ProcessHandle.of(left)).isPresent();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, port, Map.of())) {
      assertThat(postgres.pid()).isNotEqualTo(left);
      assertThat(ProcessHandle.of(left).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  @Test
  void namesAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> EmbeddedPostgres.start(directory, taken.getLocalPort(), Map.of()).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port: " + taken.getLocalPort() + " is taken");
    }
  }

  @Test
  void runsAsAnUnprivilegedUserInADirectoryThatOthersReach() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, freePort(), Map.of())) {
      int owner = (Integer) Files.getAttribute(Path.of("/proc/" + postgres.pid()), "unix:uid");
      assertThat(owner).isNotZero();
      assertThat((Integer) Files.getAttribute(postgres.data(), "unix:uid")).isEqualTo(owner);
    }
  }

  private static long awaitPostmaster(Process other) throws Exception {
    for (int i = 0; i < 300; i++) {
      String line = other.isAlive() ? "" : "gone";
      assertThat(line).isEmpty();
      var child = other.descendants().filter(c -> ready(c.pid())).findFirst();
      if (child.isPresent()) {
        return child.get().pid();
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the other process started no postmaster");
  }

  private static boolean ready(long pid) {
    try {
      String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
      return line.contains("postgres\0-D") && !line.contains("initdb") && line.contains("port=");
    } catch (IOException gone) {
      return false;
    }
  }

  /** Starts one and waits to be killed. */
  static final class Forever {
    public static void main(String[] arguments) throws Exception {
      EmbeddedPostgres.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Map.of());
      Thread.sleep(60_000);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.connect("things");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.connect("things");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
