package countersign.store.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A PostgreSQL 18 of our own on a directory: made there once, started on loopback with fsync on,
 * stopped with us. As root it runs as an unprivileged user.
 *
 * <p>It stands in a session of its own, so that Ctrl-C on a terminal reaches us first and {@link
 * #close} ends it in order. After a kill -9 of this process it keeps running; the next start on the
 * same directory finds it, ends it and starts anew. Two processes never share a directory.
 *
 * <p>Below the directory: {@code data} (PostgreSQL's own), {@code password} (0600, of the role
 * {@code postgres}), {@code postgres.log}, {@code lock}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class);
  private static final Duration START = Duration.ofSeconds(60);
  private static final String SUPERUSER = "postgres";
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");

  private final Path directory;
  private final int port;
  private final char[] password;
  private final Postmaster postmaster;
  private final DirectoryLock lock;

  private EmbeddedPostgres(
      Path directory, int port, char[] password, Postmaster postmaster, DirectoryLock lock) {
    this.directory = directory;
    this.port = port;
    this.password = password;
    this.postmaster = postmaster;
    this.lock = lock;
  }

  /**
   * Starts PostgreSQL on a directory, which is made when absent. Takes about a second the first
   * time (and two more to unpack the binaries, once per machine), 0.2 s later.
   *
   * @param directory whose parent exists
   * @param port loopback port to listen on
   * @param settings settings of postgresql.conf that come on top of ours, by name
   * @throws IOException with a message for the operator: the port is taken, the directory is in use
   *     by another process, or PostgreSQL did not start, with the last lines of its log
   */
  public static EmbeddedPostgres start(Path directory, int port, Map<String, String> settings)
      throws IOException {
    Path home = Files.createDirectories(directory).toRealPath();
    DirectoryLock lock = DirectoryLock.take(home.resolve("lock"));
    try {
      Path binaries = PostgresBinaries.unpacked();
      Path data = home.resolve("data");
      RunAs runAs =
          Files.exists(data) ? RunAs.forDirectory(data, true) : RunAs.forDirectory(home, false);
      Postmaster.endLeftover(data);
      requireFree(port);
      char[] password = password(home.resolve("password"));
      if (!Files.exists(data)) {
        make(binaries, home, runAs, password);
      }
      Postmaster postmaster =
          Postmaster.start(
              runAs.command(binaries.resolve("bin/postgres"), arguments(data, port, settings)),
              data,
              home.resolve("postgres.log"),
              START);
      LOG.infof("postgres=started port=%d pid=%d data=%s", port, postmaster.pid(), data);
      return new EmbeddedPostgres(home, port, password, postmaster, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Ends a PostgreSQL that a killed process left behind on a directory, so that the directory can
   * be deleted. Does nothing when there is none.
   */
  public static void endLeftover(Path directory) throws IOException {
    Path data = directory.resolve("data");
    if (Files.exists(data)) {
      Postmaster.endLeftover(data.toRealPath());
    }
  }

  /** The loopback port. */
  public int port() {
    return port;
  }

  /** The superuser's name. */
  public String user() {
    return SUPERUSER;
  }

  /** A copy of the superuser's password. */
  public char[] password() {
    return password.clone();
  }

  /** PostgreSQL's own directory. */
  public Path data() {
    return directory.resolve("data");
  }

  /** Where PostgreSQL writes what it has to say. */
  public Path log() {
    return directory.resolve("postgres.log");
  }

  /** Process id of the postmaster. */
  public long pid() {
    return postmaster.pid();
  }

  /** Opens a JDBC connection as superuser. The caller closes it. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", new String(password));
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
  }

  /**
   * Makes a database when there is none of that name.
   *
   * @param name letters, digits and underscores
   */
  public void createDatabase(String name) throws SQLException {
    if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "database: " + name + " (expected: small letters, digits, underscores)");
    }
    try (Connection connection = connect(SUPERUSER);
        Statement statement = connection.createStatement()) {
      try (ResultSet found =
          statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
        if (found.next()) {
          return;
        }
      }
      statement.execute("create database " + name);
    }
  }

  /** Stops PostgreSQL in order (open transactions roll back). Idempotent. */
  @Override
  public void close() {
    postmaster.stop();
    lock.close();
  }

  private static List<String> arguments(Path data, int port, Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("port", Integer.toString(port));
    all.put("listen_addresses", "127.0.0.1");
    all.put("unix_socket_directories", "");
    all.put("fsync", "on");
    all.put("full_page_writes", "on");
    all.put("synchronous_commit", "on");
    all.put("password_encryption", "scram-sha-256");
    all.put("shared_buffers", "128MB");
    // A log fills page after page: whoever appends must not have to write an old page out first.
    all.put("bgwriter_delay", "20ms");
    all.put("bgwriter_lru_maxpages", "1000");
    all.put("bgwriter_lru_multiplier", "4");
    all.put("min_wal_size", "256MB");
    all.put("max_wal_size", "2GB");
    // A segment that is used again holds what was written before until it is overwritten.
    all.put("wal_recycle", "off");
    all.put("jit", "off");
    all.put("log_timezone", "UTC");
    all.put("timezone", "UTC");
    all.put("log_line_prefix", "%m [%p] %u@%d ");
    all.putAll(settings);
    List<String> arguments = new ArrayList<>(List.of("-D", data.toString()));
    all.forEach((name, value) -> {
      arguments.add("-c");
      arguments.add(name + "=" + value);
    });
    return arguments;
  }

  private static void requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException taken) {
      throw new IOException("port: " + port + " is taken (expected: a free port)", taken);
    }
  }

  private static char[] password(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      Path fresh = file.resolveSibling("password.new");
      Files.deleteIfExists(fresh);
      Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OURS));
      Files.write(fresh, Base64.getUrlEncoder().withoutPadding().encode(random));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return StandardCharsets.US_ASCII
        .decode(java.nio.ByteBuffer.wrap(Files.readAllBytes(file)))
        .toString()
        .strip()
        .toCharArray();
  }

  /** Makes the cluster beside its place and moves it there: a crash leaves none half made. */
  private static void make(Path binaries, Path home, RunAs runAs, char[] password)
      throws IOException {
    Path fresh = home.resolve("data.new");
    PostgresBinaries.delete(fresh);
    Files.createDirectory(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path cluster = fresh.resolve("data");
    Path file = fresh.resolve("password");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OURS));
    Files.write(file, StandardCharsets.US_ASCII.encode(CharBuffer.wrap(password)).array());
    runAs.give(file);
    runAs.give(fresh);
    Path said = home.resolve("initdb.log");
    List<String> arguments =
        List.of(
            "-D",
            cluster.toString(),
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "--pwfile=" + file,
            "--data-checksums",
            "-E",
            "UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8");
    Process initdb =
        new ProcessBuilder(runAs.command(binaries.resolve("bin/initdb"), arguments))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .directory(new java.io.File("/"))
            .start();
    try {
      if (!initdb.waitFor(START.toSeconds(), TimeUnit.SECONDS) || initdb.exitValue() != 0) {
        initdb.destroyForcibly();
        throw new IOException("initdb failed:\n" + Postmaster.lastLines(said));
      }
    } catch (InterruptedException e) {
      initdb.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while making the cluster", e);
    }
    Files.delete(file);
    Files.move(cluster, home.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    PostgresBinaries.delete(fresh);
    Files.delete(said);
  }
}
