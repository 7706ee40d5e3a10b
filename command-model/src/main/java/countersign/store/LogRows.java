package countersign.store;

import countersign.verifier.Leaf;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

/**
 * One connection that reads the log's rows as they stand, without opening anything: for the tree
 * and for verifying. It may also hold the lease of the one signer, which ends with the connection,
 * so that who lost the lease cannot read on. Not thread-safe; every call has a bound of 30 seconds.
 */
public final class LogRows implements AutoCloseable {
  /** Any number; the same in every process. */
  private static final long LEASE = 0x434f_554e_5453_4e01L;

  private static final int HASH = 32;
  private static final byte[] NOTHING = new byte[0];

  private final Connection connection;

  private LogRows(Connection connection) {
    this.connection = connection;
  }

  /** Connects as the role that may read the log and append to it. */
  public static LogRows connect(StoreSettings settings, String name)
      throws IOException, SQLException {
    char[] password = Migrations.appendPassword(settings.openRoot());
    Properties properties = new Properties();
    properties.setProperty("user", Migrations.APPEND);
    properties.setProperty("password", new String(password));
    Arrays.fill(password, '\0');
    properties.setProperty("ApplicationName", name);
    properties.setProperty("socketTimeout", "40");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(
        "options", "-c statement_timeout=30s -c default_transaction_read_only=on");
    return new LogRows(DriverManager.getConnection(Owner.url(settings), properties));
  }

  /** Takes the lease of the signer, if nobody has it; true when this connection holds it. */
  public boolean lease() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LEASE + ")")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Number of events, by what stands in the table of events itself. */
  public long size() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select coalesce(max(position), -1) + 1 from log.events")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Whether any event of a type that is tagged with the log stands in the store. */
  public boolean hasOfLog(String type) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select exists(select 1 from log.event_tags"
                + " where tag >= 'log=' and tag < 'log>' and type = ?)")) {
      statement.setString(1, type);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /**
   * Leaf hashes of consecutive positions as they stand in the store.
   *
   * @param hashes 32 bytes for each
   * @param onlyOf whether all of them are events of the type asked for
   */
  public record Hashes(long from, byte[] hashes, boolean onlyOf) {
    /** How many. */
    public int count() {
      return hashes.length / HASH;
    }
  }

  /**
   * Reads leaf hashes up to the first position that is missing.
   *
   * @param from first position
   * @param most how many at most
   * @param type what {@link Hashes#onlyOf} asks
   */
  public Hashes hashes(long from, int most, String type) throws SQLException {
    // One row for all: a row for each would cost more than the hashes do.
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select count(*), max(position), bool_and(type = ?),"
                + " string_agg(leaf, ''::bytea order by position)"
                + " from log.events where position >= ? and position < ?")) {
      statement.setString(1, type);
      statement.setLong(2, from);
      statement.setLong(3, from + most);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        int count = row.getInt(1);
        if (count == 0) {
          return new Hashes(from, NOTHING, true);
        }
        byte[] hashes = row.getBytes(4);
        if (row.getLong(2) == from + count - 1 && hashes.length == count * HASH) {
          return new Hashes(from, hashes, row.getBoolean(3));
        }
      }
    }
    return upToTheHole(from, most, type);
  }

  private Hashes upToTheHole(long from, int most, String type) throws SQLException {
    byte[] hashes = new byte[most * HASH];
    boolean onlyOf = true;
    int count = 0;
    for (Row row : rows(from, most)) {
      if (row.position() != from + count || row.stored().length != HASH) {
        break;
      }
      System.arraycopy(row.stored(), 0, hashes, count++ * HASH, HASH);
      onlyOf &= row.leaf().type().equals(type);
    }
    return new Hashes(from, Arrays.copyOf(hashes, count * HASH), onlyOf);
  }

  /**
   * An event as it stands in the store.
   *
   * @param leaf made again from the row's own columns
   * @param stored the leaf hash that stands beside them
   */
  public record Row(long position, Leaf leaf, byte[] stored) {}

  /**
   * Reads rows, in the order of positions; missing ones are left out. What was sealed is hashed by
   * the database and not sent.
   *
   * @throws SQLException also when a row cannot be what any event is
   */
  public List<Row> rows(long from, int most) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select position, id, type, version, session, session_seq,"
                + " (extract(epoch from at) * 1000000)::bigint,"
                + " sha256(convert_to(clear, 'UTF8')), sha256(sealed), commitment, leaf"
                + " from log.events where position >= ? and position < ? order by position")) {
      statement.setLong(1, from);
      statement.setLong(2, from + most);
      try (ResultSet row = statement.executeQuery()) {
        List<Row> rows = new ArrayList<>(most);
        while (row.next()) {
          rows.add(row(row));
        }
        return rows;
      }
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    long position = row.getLong(1);
    UUID session = row.getObject(5, UUID.class);
    byte[] commitment = row.getBytes(10);
    try {
      Leaf leaf =
          new Leaf(
              row.getObject(2, UUID.class),
              row.getString(3),
              row.getInt(4),
              session,
              session == null ? -1 : row.getLong(6),
              Instant.EPOCH.plus(row.getLong(7), ChronoUnit.MICROS),
              row.getBytes(8),
              row.getBytes(9),
              commitment == null ? NOTHING : commitment);
      return new Row(position, leaf, row.getBytes(11));
    } catch (IllegalArgumentException e) {
      throw new SQLException("position " + position + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException _) {
      // Nothing was written; the server sees the end of the connection in any case.
    }
  }
}
