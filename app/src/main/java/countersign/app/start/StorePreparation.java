package countersign.app.start;

import countersign.deciding.configuration.Configuration;
import countersign.store.Migrations;
import countersign.store.StoreLimits;
import countersign.store.StoreSettings;
import countersign.store.postgres.EmbeddedPostgres;
import countersign.store.sealing.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/**
 * The store's PostgreSQL, running and with its tables as this release wants them.
 *
 * @param settings how to reach it
 */
public record StorePreparation(StoreSettings settings) {
  /** Directory of keys, in the data directory. */
  public static final String KEYS = "keys";

  static final String DATABASE = "countersign";
  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Starts the embedded PostgreSQL in a data directory.
   *
   * @param master where the master key comes from
   * @throws IOException with words for the operator
   */
  public static StorePreparation embedded(
      DataDirectory data, int port, MasterKey.Source master, Stopping stopping) throws IOException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            data.path().resolve("store"), port, Map.of("cluster_name", "countersign-store"));
    stopping.add("store", postgres);
    try {
      postgres.createDatabase(DATABASE);
    } catch (SQLException e) {
      throw new IOException("the store's database cannot be made: " + e.getMessage(), e);
    }
    return migrated(
        StoreSettings.local(
                port,
                DATABASE,
                postgres.user(),
                postgres.password(),
                data.secret(KEYS),
                postgres.data())
            .with(master));
  }

  /**
   * Reaches a PostgreSQL that somebody else runs.
   *
   * @param store what the configuration says
   * @param password its owner's password, resolved
   * @param master where the master key comes from
   */
  public static StorePreparation external(
      Configuration.Store store, char[] password, DataDirectory data, MasterKey.Source master)
      throws IOException {
    return migrated(reached(store, password, data.secret(KEYS), master));
  }

  /** How to reach it, with nothing done to it yet. */
  static StoreSettings reached(
      Configuration.Store store, char[] password, Path keys, MasterKey.Source master) {
    URI url = uri(store.url());
    return new StoreSettings(
        url.getHost().replaceAll("[\\[\\]]", ""),
        url.getPort() < 0 ? 5432 : url.getPort(),
        url.getPath().substring(1),
        store.username(),
        password,
        tls(url),
        keys,
        master,
        null,
        StoreLimits.ordinary());
  }

  private static URI uri(String text) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException _) {
      throw new Failure("store.url (expected: postgresql://host[:port]/database)");
    }
    if (!"postgresql".equals(url.getScheme())
        || url.getHost() == null
        || url.getUserInfo() != null
        || url.getPath().length() < 2) {
      throw new Failure("store.url (expected: postgresql://host[:port]/database, without a login)");
    }
    return url;
  }

  /** libpq's words in the query; without one, checked TLS unless the store is on this host. */
  private static StoreSettings.Tls tls(URI url) {
    String query = url.getQuery() == null ? "" : url.getQuery();
    return switch (query) {
      case "" ->
          THIS_HOST.contains(url.getHost()) ? StoreSettings.Tls.off : StoreSettings.Tls.verifyFull;
      case "sslmode=disable" -> StoreSettings.Tls.off;
      case "sslmode=require" -> StoreSettings.Tls.require;
      case "sslmode=verify-full" -> StoreSettings.Tls.verifyFull;
      default ->
          throw new Failure(
              "store.url: " + query + " (expected: sslmode=disable, require or verify-full)");
    };
  }

  private static StorePreparation migrated(StoreSettings settings) throws IOException {
    Migrations.run(settings);
    return new StorePreparation(settings);
  }
}
