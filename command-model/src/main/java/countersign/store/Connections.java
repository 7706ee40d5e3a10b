package countersign.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Connections of the role that may append and read. */
final class Connections {
  private static final int SECONDS = 5;

  /** The writer's plan must not change with the size of a batch, nor be made anew for each. */
  private static final Map<String, String> WRITER =
      Map.of(
          "plan_cache_mode", "force_generic_plan",
          "work_mem", "64MB",
          "idle_in_transaction_session_timeout", "10s",
          "tcp_keepalives_idle", "10",
          "tcp_user_timeout", "20000");

  /**
   * Every read walks an index from a place and stops at a limit. A bitmap scan, which the planner
   * likes while it has no statistics yet, would fetch all that follows first.
   */
  private static final Map<String, String> READER =
      Map.of(
          "statement_timeout", "30s",
          "default_transaction_read_only", "on",
          "enable_bitmapscan", "off");

  private final Vertx vertx;
  private final StoreSettings settings;
  private final char[] password;

  Connections(Vertx vertx, StoreSettings settings, char[] password) {
    this.vertx = vertx;
    this.settings = settings;
    this.password = password;
  }

  /** Options of the connection that writes. */
  PgConnectOptions writer(String name) {
    return with(name, WRITER).setPipeliningLimit(8);
  }

  /** Options of connections that read. */
  PgConnectOptions reader(String name) {
    return with(name, READER).setCachePreparedStatements(true);
  }

  /** Opens one, durable settings checked. */
  Future<PgConnection> open(PgConnectOptions options) {
    Future<PgConnection> opening = PgConnection.connect(vertx, options).compose(this::durable);
    return bounded(opening).onFailure(_ -> opening.onSuccess(late -> late.close().mapEmpty()));
  }

  /** Fails after some seconds, whatever the other side does. */
  <T> Future<T> bounded(Future<T> asked) {
    return asked.timeout(SECONDS, TimeUnit.SECONDS);
  }

  private Future<PgConnection> durable(PgConnection connection) {
    return connection
        .query(Durability.ASK)
        .execute()
        .map(rows -> {
          var row = rows.iterator().next();
          for (int i = 0; i < Durability.SETTINGS.size(); i++) {
            try {
              Durability.require(Durability.SETTINGS.get(i), row.getString(i));
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e.getMessage(), e);
            }
          }
          return connection;
        })
        .recover(why -> connection.close().transform(_ -> Future.failedFuture(why)));
  }

  private PgConnectOptions with(String name, Map<String, String> properties) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setDatabase(settings.database())
            .setUser(Migrations.APPEND)
            .setPassword(new String(password));
    options.setConnectTimeout(SECONDS * 1_000);
    options.setTcpKeepAlive(true);
    options.setTcpNoDelay(true);
    switch (settings.tls()) {
      case off -> options.setSslMode(SslMode.DISABLE);
      case require -> options.setSslMode(SslMode.REQUIRE).setTrustAll(true);
      case verifyFull ->
          options.setSslMode(SslMode.VERIFY_FULL).setHostnameVerificationAlgorithm("HTTPS");
    }
    properties.forEach(options::addProperty);
    return options.addProperty("application_name", name);
  }
}
