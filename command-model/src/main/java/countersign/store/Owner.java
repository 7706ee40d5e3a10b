package countersign.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Connections of the owner, short and rare: migrations and partitions. */
final class Owner {
  private Owner() {}

  static Connection connect(StoreSettings settings) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.ownerUser());
    properties.setProperty("password", new String(settings.ownerPassword()));
    return DriverManager.getConnection(url(settings), properties);
  }

  static String url(StoreSettings settings) {
    String tls =
        switch (settings.tls()) {
          case off -> "sslmode=disable";
          case require -> "sslmode=require";
          case verifyFull ->
              "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
        };
    return "jdbc:postgresql://%s:%d/%s?ApplicationName=countersign&connectTimeout=10&%s"
        .formatted(settings.host(), settings.port(), settings.database(), tls);
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
