package countersign.store;

import countersign.store.postgres.EmbeddedPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A store on a database of its own; one real cluster serves all tests of this JVM. */
public final class TestStore implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static Path directory;
  private static EmbeddedPostgres postgres;

  public final StoreSettings settings;
  public final Vertx vertx = Vertx.vertx();
  public final Store store;

  private TestStore(StoreSettings settings) throws IOException {
    this.settings = settings;
    Migrations.run(settings);
    this.store = Store.open(settings, vertx);
  }

  public static TestStore open() throws Exception {
    return open(StoreLimits.ordinary());
  }

  public static TestStore open(StoreLimits limits) throws Exception {
    return new TestStore(settings().with(limits));
  }

  /** Settings of a new database in the cluster of this JVM. */
  public static synchronized StoreSettings settings() throws Exception {
    EmbeddedPostgres cluster = cluster();
    String database = "log_" + DATABASES.incrementAndGet();
    cluster.createDatabase(database);
    return StoreSettings.local(
        cluster.port(),
        database,
        cluster.user(),
        cluster.password(),
        directory.resolve("keys"),
        cluster.data());
  }

  public static synchronized EmbeddedPostgres cluster() throws Exception {
    if (postgres == null) {
      directory = Files.createTempDirectory("countersign-store-");
      postgres = EmbeddedPostgres.start(directory.resolve("postgres"), freePort(), Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(TestStore::end));
    }
    return postgres;
  }

  public String ask(String sql) throws SQLException {
    try (Connection connection = Owner.connect(settings);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = Owner.connect(settings);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    store.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static void end() {
    postgres.close();
    delete(directory);
  }

  public static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
