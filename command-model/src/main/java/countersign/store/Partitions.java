package countersign.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jboss.logging.Logger;

/** Partitions of the events by range of position, always some ahead of the head. */
final class Partitions {
  private static final Logger LOG = Logger.getLogger(Partitions.class);

  /** Positions of one partition: 2 to this power. At full speed one lasts for minutes. */
  static final int BITS = 24;

  private static final int AHEAD = 4;
  private static final long KEPT_APPENDED = 1_000_000;

  private Partitions() {}

  /**
   * Makes the partitions from the head's own to some ahead, and forgets batches so old that nobody
   * waits for what became of them. Inserts go on meanwhile.
   */
  static void ensure(Connection connection) throws SQLException {
    long head = head(connection);
    long current = Math.max(0, head) >> BITS;
    for (long number = current; number < current + AHEAD; number++) {
      if (!exists(connection, number)) {
        make(connection, number);
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("delete from log.appended where last < " + (head - KEPT_APPENDED));
    }
  }

  private static long head(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select coalesce(max(last), -1) from log.appended")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static boolean exists(Connection connection, long number) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select to_regclass('log." + name(number) + "') is not null")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Made beside the table and attached, which unlike PARTITION OF does not stop inserts. */
  private static void make(Connection connection, long number) throws SQLException {
    String name = "log." + name(number);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(hashtext('log.partitions'))");
      if (!exists(connection, number)) {
        statement.execute("create table " + name + " (like log.events including all)");
        // Not of the whole table: that would have to hold the position to be unique.
        statement.execute(
            "create unique index on " + name + " (session, session_seq) include (position)");
        statement.execute(
            "alter table log.events attach partition %s for values from (%d) to (%d)"
                .formatted(name, number << BITS, (number + 1) << BITS));
        LOG.infof("partition=%s from=%d", name, number << BITS);
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static String name(long number) {
    return "events_p%d".formatted(number);
  }
}
