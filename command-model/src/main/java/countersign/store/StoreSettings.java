package countersign.store;

import countersign.store.sealing.MasterKey;
import countersign.store.sealing.RootKey;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the store is and how far it may go. {@link #toString} shows no password.
 *
 * @param host host of PostgreSQL
 * @param port its port
 * @param database name of the database
 * @param ownerUser role that owns the schemas {@code log} and {@code view}; used for migrations and
 *     partitions only
 * @param ownerPassword its password; the array is not changed
 * @param tls how the connections are protected
 * @param keyDirectory directory of the key store, outside PostgreSQL
 * @param master where the master key comes from
 * @param dataDirectory data directory of an embedded PostgreSQL, whose free space is watched; null
 *     when PostgreSQL is somewhere else
 * @param limits bounds
 */
public record StoreSettings(
    String host,
    int port,
    String database,
    String ownerUser,
    char[] ownerPassword,
    Tls tls,
    Path keyDirectory,
    MasterKey.Source master,
    @Nullable Path dataDirectory,
    StoreLimits limits) {

  /** Settings with ordinary limits and without TLS, for a PostgreSQL on this machine. */
  public static StoreSettings local(
      int port, String database, String ownerUser, char[] ownerPassword, Path keys, Path data) {
    return new StoreSettings(
        "127.0.0.1",
        port,
        database,
        ownerUser,
        ownerPassword,
        Tls.off,
        keys,
        MasterKey::of,
        data,
        StoreLimits.ordinary());
  }

  /** The same with other limits. */
  public StoreSettings with(StoreLimits other) {
    return new StoreSettings(
        host,
        port,
        database,
        ownerUser,
        ownerPassword,
        tls,
        keyDirectory,
        master,
        dataDirectory,
        other);
  }

  /** The same with the master key from somewhere else. */
  public StoreSettings with(MasterKey.Source other) {
    return new StoreSettings(
        host,
        port,
        database,
        ownerUser,
        ownerPassword,
        tls,
        keyDirectory,
        other,
        dataDirectory,
        limits);
  }

  /** Opens the master key. */
  MasterKey openMaster() throws IOException {
    return master.open(keyDirectory);
  }

  /** Opens the root key. */
  RootKey openRoot() throws IOException {
    return RootKey.open(keyDirectory, openMaster());
  }

  @Override
  public String toString() {
    return "StoreSettings[host=%s, port=%d, database=%s, ownerUser=%s, tls=%s]"
        .formatted(host, port, database, ownerUser, tls);
  }

  /** How connections to the store are protected. */
  public enum Tls {
    /** Plain TCP: only for a store on this machine. */
    off,
    /** Encrypted, whoever answers. */
    require,
    /** Encrypted, certificate and host name checked against the JVM's trust store. */
    verifyFull
  }
}
