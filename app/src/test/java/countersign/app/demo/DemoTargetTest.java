package countersign.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTargetTest {
  @TempDir Path directory;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void holdsTheRowsOwnedByAnOrdinaryRoleWhosePasswordIsInNoLog() throws Exception {
    int port = freePort();
    Path password = directory.resolve("orders_password");
    try (DemoTarget _ = DemoTarget.start(directory.resolve("target"), port, password)) {
      assertThat(ask(port, password, "select count(*) from people")).isEqualTo("1200");
      assertThat(ask(port, password, "select count(*) from payments")).isEqualTo("12000");
      assertThat(ask(port, password, "select count(*) from payments where id = 1")).isEqualTo("1");
      assertThat(ask(port, password, "delete from payments where id = 1 returning id"))
          .isEqualTo("1");
      assertThat(
              ask(
                  port,
                  password,
                  "select tableowner || ' ' || rolsuper from pg_tables join pg_roles on rolname ="
                      + " tableowner where tablename = 'payments'"))
          .isEqualTo("app false");
    }
    assertThat(Files.readString(directory.resolve("target/postgres.log")))
        .contains("statement: delete from payments")
        .doesNotContain(Files.readString(password).strip());
    try (DemoTarget _ = DemoTarget.start(directory.resolve("target"), port, password)) {
      assertThat(ask(port, password, "select count(*) from payments"))
          .as("what was done stays done")
          .isEqualTo("11999");
    }
  }

  private static String ask(int port, Path password, String sql) throws SQLException, IOException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/orders?preferQueryMode=simple",
                "app",
                Files.readString(password).strip());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
