package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** PostgreSQL's JDBC driver, as a program under the agent's duty uses it. */
final class WithPgjdbc {
  private WithPgjdbc() {}

  static void run(int port, Path authority, String token) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", "agent-ada");
    properties.setProperty("password", token);
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", authority.toString());
    properties.setProperty("connectTimeout", "20");
    String url = "jdbc:postgresql://localhost:" + port + "/orders";
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      values(connection);
      describesItself(connection);
      results(connection);
      transactions(connection);
      cancels(connection);
      held(connection);
    }
    properties.setProperty("preferQueryMode", "simple");
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      values(connection);
    }
    properties.setProperty("preferQueryMode", "extendedForPrepared");
    properties.setProperty("targetServerType", "primary");
    properties.setProperty("autosave", "always");
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      transactions(connection);
    }
  }

  private static void values(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select ?::int, ?::text, ?::numeric, ?::timestamptz, ?::uuid, ?::bytea, ?::int[]")) {
      for (int n = 0; n < 8; n++) { // from the fifth time on it is a named statement, in binary
        statement.setInt(1, n);
        statement.setString(2, "é'\\");
        statement.setBigDecimal(3, new java.math.BigDecimal("1.50"));
        statement.setObject(4, java.time.OffsetDateTime.parse("2024-01-01T00:00:00Z"));
        statement.setObject(5, new java.util.UUID(1, 2));
        statement.setBytes(6, new byte[] {0, -1});
        statement.setArray(7, connection.createArrayOf("int4", new Integer[] {n, n + 1}));
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(n);
          assertThat(rows.getString(2)).isEqualTo("é'\\");
          assertThat(rows.getBigDecimal(3)).isEqualByComparingTo("1.5");
          assertThat(rows.getObject(5)).isEqualTo(new java.util.UUID(1, 2));
          assertThat(rows.getBytes(6)).containsExactly(0, -1);
          Array array = rows.getArray(7);
          assertThat((Integer[]) array.getArray()).containsExactly(n, n + 1);
        }
      }
    }
  }

  /** Every question of DatabaseMetaData whose answer is rows, or that takes no argument. */
  private static void describesItself(Connection connection) throws Exception {
    DatabaseMetaData data = connection.getMetaData();
    List<String> failed = new ArrayList<>();
    for (Method method : DatabaseMetaData.class.getMethods()) {
      boolean plain = method.getParameterCount() == 0;
      if (!method.getReturnType().equals(ResultSet.class) && !plain) {
        continue;
      }
      try {
        if (method.invoke(data, arguments(method)) instanceof ResultSet rows) {
          try (rows) {
            while (rows.next()) {
              assertThat(rows.getMetaData().getColumnCount()).isPositive();
            }
          }
        }
      } catch (InvocationTargetException e) {
        String said = String.valueOf(e.getCause().getMessage());
        if (!(e.getCause() instanceof java.sql.SQLFeatureNotSupportedException)) {
          failed.add(method.getName() + ": " + said);
        }
      }
    }
    assertThat(failed).isEmpty();
    try (ResultSet keys = data.getImportedKeys(null, "public", "payments")) {
      assertThat(keys.next()).isTrue();
      assertThat(keys.getString("PKTABLE_NAME")).isEqualTo("people");
    }
    try (ResultSet columns = data.getColumns(null, "public", "payments", "%")) {
      int count = 0;
      while (columns.next()) {
        count++;
      }
      assertThat(count).isEqualTo(8);
    }
  }

  private static Object[] arguments(Method method) {
    Class<?>[] types = method.getParameterTypes();
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      if (types[i] == boolean.class) {
        values[i] = false;
      } else if (types[i] == int.class) {
        values[i] = DatabaseMetaData.bestRowSession;
      } else if (types[i] == String.class) {
        boolean table = method.getName().matches(".*(Keys|IndexInfo|Privileges|Row.*|Columns)");
        values[i] = i == 1 ? "public" : i == 2 && table ? "payments" : null;
      }
    }
    if (method.getName().equals("getCrossReference")) {
      return new Object[] {null, "public", "people", null, "public", "payments"};
    }
    return values;
  }

  private static void results(Connection connection) throws SQLException {
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows = statement.executeQuery("select * from payments where id < 20")) {
      ResultSetMetaData data = rows.getMetaData();
      assertThat(data.getTableName(1)).isIn("payments", "");
      for (int i = 1; i <= data.getColumnCount(); i++) {
        assertThat(data.getColumnTypeName(i)).isNotEmpty();
        assertThat(data.getColumnClassName(i)).isNotEmpty();
        assertThat(data.isNullable(i)).isNotNegative();
        data.isAutoIncrement(i);
      }
      assertThat(rows.last()).isTrue();
      assertThat(rows.getInt("id")).isLessThan(20);
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery("select id from payments order by id")) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        assertThat(count).isGreaterThan(10_000);
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    try (PreparedStatement statement = connection.prepareStatement("select ?::int[] && ?")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(2);
    }
  }

  private static void transactions(Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    try (Statement statement = connection.createStatement()) {
      Savepoint savepoint = connection.setSavepoint("a");
      assertThatThrownBy(() -> statement.executeQuery("select 1/0"))
          .hasMessageContaining("division by zero");
      connection.rollback(savepoint);
      assertThat(statement.executeQuery("select 1").next()).isTrue();
      connection.commit();
    }
    connection.setReadOnly(false);
    connection.setAutoCommit(true);
    assertThat(connection.getSchema()).isEqualTo("public");
    assertThat(connection.isValid(5)).isTrue();
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("grant select on people to public"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      assertThatThrownBy(() -> statement.execute("select nobody from people"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42703"));
    }
  }

  private static void cancels(Connection connection) throws SQLException {
    String slow = "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b";
    try (Statement statement = connection.createStatement();
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor()) {
      var unused =
          later.schedule(
              () -> {
                statement.cancel();
                return null;
              },
              300,
              TimeUnit.MILLISECONDS);
      assertThatThrownBy(() -> statement.executeQuery(slow))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
    }
  }

  private static void held(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from payments where id = ? /* pgjdbc yes */")) {
      statement.setInt(1, 501);
      assertThat(statement.executeUpdate()).isEqualTo(1);
      assertThat(statement.getWarnings().getMessage()).contains("countersign: held apr-");
    }
    try (PreparedStatement batch =
        connection.prepareStatement("update payments set note = ? where id = ? /* pgjdbc no */")) {
      for (int id : new int[] {502, 503}) {
        batch.setString(1, "changed");
        batch.setInt(2, id);
        batch.addBatch();
      }
      assertThatThrownBy(batch::executeBatch).hasStackTraceContaining("not that one");
    }
    try (PreparedStatement count =
        connection.prepareStatement(
            "select count(*) filter (where id = 501), count(*) filter (where note = 'changed')"
                + " from payments")) {
      ResultSet rows = count.executeQuery();
      assertThat(rows.next()).isTrue();
      assertThat(Arrays.asList(rows.getInt(1), rows.getInt(2))).containsExactly(0, 0);
    }
  }
}
