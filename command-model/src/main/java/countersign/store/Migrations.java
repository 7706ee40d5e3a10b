package countersign.store;

import countersign.store.sealing.RootKey;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.postgresql.PGConnection;

/**
 * Brings a database to the schema of this release: schemas {@code log} and {@code view}, the login
 * roles {@link #APPEND} and {@link #VIEW} with passwords derived from the root key, tables,
 * partitions. Runs as the owner before anything else touches the database; processes that start
 * together do it one after the other.
 */
public final class Migrations {
  /** Login role that may select from and insert into the log, and nothing else. */
  public static final String APPEND = "countersign_append";

  /** Login role that may read and change rows of schema {@code view}, and nothing else. */
  public static final String VIEW = "countersign_view";

  /** Any number; the same in every process. */
  private static final long LOCK = 0x434f_554e_5445_5251L;

  private Migrations() {}

  /**
   * Runs what is missing. Idempotent.
   *
   * @throws IOException with a message for the operator: the database cannot be reached, is not
   *     durable, or the master key is unreadable
   */
  public static void run(StoreSettings settings) throws IOException {
    RootKey root = settings.openRoot();
    try (Connection connection = Owner.connect(settings);
        Statement statement = connection.createStatement()) {
      Durability.require(connection);
      statement.execute("select pg_advisory_lock(" + LOCK + ")");
      role(connection, APPEND, appendPassword(root));
      role(connection, VIEW, viewPassword(root));
      schemas(statement, settings);
      migrate(settings, "log");
      migrate(settings, "view");
      Partitions.ensure(connection);
    } catch (SQLException e) {
      throw new IOException("store: " + e.getMessage(), e);
    }
  }

  /** The password of {@link #APPEND}. */
  static char[] appendPassword(RootKey root) {
    return root.password("role/append");
  }

  /**
   * The password of {@link #VIEW}, for whoever keeps read models.
   *
   * @throws IOException if the master key cannot be read
   */
  public static char[] viewPassword(StoreSettings settings) throws IOException {
    return viewPassword(settings.openRoot());
  }

  private static char[] viewPassword(RootKey root) {
    return root.password("role/view");
  }

  private static void role(Connection connection, String name, char[] password)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean there;
      try (ResultSet rows =
          statement.executeQuery("select 1 from pg_roles where rolname = '" + name + "'")) {
        there = rows.next();
      }
      if (!there) {
        statement.execute(
            "create role "
                + name
                + " login nosuperuser nocreatedb nocreaterole noreplication noinherit");
      }
      // Computes the SCRAM verifier here: the server and its log never see the password.
      connection.unwrap(PGConnection.class).alterUserPassword(name, password, "scram-sha-256");
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static void schemas(Statement statement, StoreSettings settings) throws SQLException {
    String database = Owner.quoted(settings.database());
    statement.execute("create schema if not exists log");
    statement.execute("create schema if not exists view");
    statement.execute("revoke all on database " + database + " from public");
    statement.execute("grant connect on database " + database + " to " + APPEND + ", " + VIEW);
    statement.execute("grant usage on schema view to " + VIEW);
    statement.execute(
        "alter default privileges in schema view grant select, insert, update, delete on tables to "
            + VIEW);
    statement.execute(
        "alter default privileges in schema view grant usage, select on sequences to " + VIEW);
  }

  private static void migrate(StoreSettings settings, String schema) {
    Flyway.configure()
        .dataSource(Owner.url(settings), settings.ownerUser(), new String(settings.ownerPassword()))
        .locations("classpath:db/migration/" + schema)
        .failOnMissingLocations(false)
        .schemas(schema)
        .defaultSchema(schema)
        .table("migrations")
        .placeholderReplacement(false)
        .cleanDisabled(true)
        .load()
        .migrate();
  }
}
