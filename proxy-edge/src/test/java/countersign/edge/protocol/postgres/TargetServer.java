package countersign.edge.protocol.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PostgreSQL that logs every statement, with SCRAM passwords. One for all tests. */
final class TargetServer {
  static final String PASSWORD = "påss word";
  private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");
  private static TargetServer shared;

  private final Path directory;
  private final int port;

  /** Certificate for localhost, signed by itself, and its key; the target and the edge use it. */
  final Path certificate;

  final Path key;
  private final Process server;

  static synchronized TargetServer shared() {
    if (shared == null) {
      try {
        shared = new TargetServer();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return shared;
  }

  private TargetServer() throws IOException, InterruptedException {
    directory = Files.createTempDirectory("countersign-target");
    Path password = directory.resolve("password");
    Files.writeString(password, PASSWORD);
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root) {
      run(List.of("chown", "-R", "nobody", directory.toString()));
    }
    Path data = directory.resolve("data");
    run(
        as(
            root,
            List.of(
                BINARIES.resolve("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                "app",
                "-A",
                "scram-sha-256",
                "--pwfile=" + password,
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C.UTF-8")));
    Path access = data.resolve("pg_hba.conf");
    Files.writeString(access, "host all plain 127.0.0.1/32 password\n" + Files.readString(access));
    certificate = directory.resolve("server.crt");
    key = directory.resolve("server.key");
    run(
        as(
            root,
            List.of(
                "openssl",
                "req",
                "-new",
                "-x509",
                "-days",
                "2",
                "-nodes",
                "-newkey",
                "rsa:2048",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-out",
                certificate.toString(),
                "-keyout",
                key.toString())));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server =
        new ProcessBuilder(
                as(
                    root,
                    List.of(
                        BINARIES.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        "" + port,
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=" + directory,
                        "-c",
                        "fsync=off",
                        "-c",
                        "ssl=on",
                        "-c",
                        "ssl_cert_file=" + certificate,
                        "-c",
                        "ssl_key_file=" + key,
                        "-c",
                        "log_statement=all",
                        "-c",
                        "log_parameter_max_length=1000",
                        "-c",
                        "log_line_prefix=[%p] ")))
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    for (int i = 0; i < 200 && !logged().contains("ready to accept connections"); i++) {
      Thread.sleep(50);
    }
    direct(
        "create table payments(id int primary key, amount numeric, note text);"
            + "create role plain superuser login password 'plain';"
            + "insert into payments select i, i * 10, 'note ' || i from generate_series(1, 1000) i;");
  }

  private static List<String> as(boolean root, List<String> command) {
    List<String> all = new ArrayList<>();
    if (root) {
      all.addAll(
          List.of("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--"));
    }
    all.addAll(command);
    return all;
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + said);
    }
  }

  private Path log() {
    return directory.resolve("log");
  }

  int port() {
    return port;
  }

  /** Everything the server has logged: the oracle of what reached it. */
  String logged() {
    try {
      return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs SQL at the target itself; returns unaligned rows. */
  String direct(String sql) {
    return direct("postgres", sql);
  }

  /** Runs SQL in a database of the target; returns unaligned rows. */
  String direct(String database, String sql) {
    return Psql.run(
            List.of("-h", "127.0.0.1", "-p", "" + port, "-U", "app", "-d", database),
            PASSWORD,
            List.of("-c", sql),
            "")
        .out()
        .strip();
  }

  private void stop() {
    server.destroy();
    try {
      if (!server.waitFor(5, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException | InterruptedException e) {
      // the directory is a temporary one
    }
  }
}
