package countersign.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A store that may lose what it acknowledged is no store: start refuses one. */
final class Durability {
  static final List<String> SETTINGS = List.of("fsync", "full_page_writes", "synchronous_commit");

  /** Gives the settings in the order of {@link #SETTINGS}. */
  static final String ASK =
      "select current_setting('fsync'), current_setting('full_page_writes'),"
          + " current_setting('synchronous_commit')";

  private Durability() {}

  static void require(Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ASK)) {
      row.next();
      for (int i = 0; i < SETTINGS.size(); i++) {
        require(SETTINGS.get(i), row.getString(i + 1));
      }
    }
  }

  /** Fails when a setting lets a commit be answered before it is on disk. */
  static void require(String setting, String value) throws IOException {
    boolean durable =
        setting.equals("synchronous_commit")
            ? !value.equals("off") // local, remote_write, on and remote_apply flush our own disk
            : value.equals("on");
    if (!durable) {
      throw new IOException(
          "store: " + setting + ": " + value + " (expected: on; the log must survive power loss)");
    }
  }
}
