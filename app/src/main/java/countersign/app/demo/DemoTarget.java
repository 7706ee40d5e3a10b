package countersign.app.demo;

import countersign.app.start.Failure;
import countersign.store.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;

/**
 * The system that the demo's agents operate: a PostgreSQL cluster of its own with the database
 * {@code orders}. It is what anybody's database would be to Countersign: another server, reached
 * over TCP with a password that only the edge resolves.
 */
final class DemoTarget implements AutoCloseable {
  static final String DATABASE = "orders";
  static final String ROLE = "app";

  private static final Logger LOG = Logger.getLogger(DemoTarget.class);

  private final EmbeddedPostgres postgres;

  private DemoTarget(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /**
   * Starts the cluster, and fills it the first time.
   *
   * @param directory the cluster's directory
   * @param password file that the edge will read the role's password from; made when missing
   * @throws IOException with words for the operator
   */
  static DemoTarget start(Path directory, int port, Path password) throws IOException {
    // Its own log of every statement is what the record can be held against.
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            directory, port, Map.of("log_statement", "all", "cluster_name", "countersign-demo"));
    try {
      String secret = password(password);
      login(postgres, secret);
      postgres.createDatabase(DATABASE);
      own(postgres);
      fill(postgres.port(), secret);
      return new DemoTarget(postgres);
    } catch (SQLException e) {
      postgres.close();
      throw new Failure("demo: its database " + DATABASE + " cannot be made: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  private static String password(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      Path fresh =
          Files.createTempFile(
              file.toAbsolutePath().getParent(),
              "new",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  /** The role owns what is in the database and nothing of the cluster. */
  private static void login(EmbeddedPostgres postgres, String password) throws SQLException {
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement()) {
      // The statement carries the password: it must not reach the server's log.
      statement.execute("set log_statement = 'none'");
      statement.execute("set log_min_error_statement = 'panic'");
      try (ResultSet found =
          statement.executeQuery("select 1 from pg_roles where rolname = '" + ROLE + "'")) {
        if (!found.next()) {
          statement.execute("create role " + ROLE + " nosuperuser nocreatedb nocreaterole");
        }
      }
      statement.execute(
          "alter role " + ROLE + " login password '" + password.replace("'", "''") + "'");
    }
  }

  private static void own(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("alter database " + DATABASE + " owner to " + ROLE);
      statement.execute("revoke connect on database postgres from public");
    }
  }

  private static void fill(int port, String password) throws SQLException, IOException {
    Properties login = new Properties();
    login.setProperty("user", ROLE);
    login.setProperty("password", password);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE, login);
        Statement statement = connection.createStatement()) {
      try (ResultSet found = statement.executeQuery("select to_regclass('public.payments')")) {
        found.next();
        if (found.getString(1) != null) {
          return;
        }
      }
      connection.setAutoCommit(false);
      statement.execute(DemoRows.TABLES);
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      copy.copyIn("copy people from stdin", new StringReader(DemoRows.people()));
      copy.copyIn("copy payments from stdin", new StringReader(DemoRows.payments()));
      statement.execute(DemoRows.AFTER);
      connection.commit();
      LOG.infof("demo=filled people=%d payments=%d", DemoRows.PEOPLE, DemoRows.PAYMENTS);
    }
  }

  /** Stops the cluster in order. */
  @Override
  public void close() {
    postgres.close();
  }
}
