package countersign.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hears of commits of all processes by LISTEN. Asks for the head after every reconnect and every
 * few seconds, so that a lost notification delays and never stops a reader.
 */
final class HeadListener {
  private static final Logger LOG = Logger.getLogger(HeadListener.class);
  private static final long ASK_MILLIS = 5_000;
  private static final long BACKOFF_MILLIS = 250;
  static final String HEAD = "select coalesce(max(last), -1) from log.appended";

  private final Vertx vertx;
  private final Context context;
  private final Connections connections;
  private final String name;
  private final Heads heads;
  private final long ticker;
  private @Nullable PgConnection connection;
  private boolean connecting;
  private volatile boolean closed;

  HeadListener(Vertx vertx, Context context, Connections connections, String name, Heads heads) {
    this.vertx = vertx;
    this.context = context;
    this.connections = connections;
    this.name = name;
    this.heads = heads;
    this.ticker = vertx.setPeriodic(ASK_MILLIS, _ -> context.runOnContext(_ -> ask()));
    context.runOnContext(_ -> connect());
  }

  private void connect() {
    if (closed || connecting || connection != null) {
      return;
    }
    connecting = true;
    connections
        .open(connections.reader(name))
        .compose(this::listen)
        .onComplete(made -> {
          connecting = false;
          if (made.failed()) {
            LOG.warnf("listen=not connected error=%s", made.cause().getMessage());
            later();
          } else {
            connected(made.result());
          }
        });
  }

  private Future<PgConnection> listen(PgConnection made) {
    made.notificationHandler(n -> heard(n.getPayload()));
    return made.query("listen countersign_log").execute().map(made);
  }

  private void connected(PgConnection made) {
    connection = made;
    made.closeHandler(_ -> context.runOnContext(_ -> lost(made)));
    if (closed) {
      close();
    } else {
      ask();
    }
  }

  private void heard(String payload) {
    try {
      heads.advance(Long.parseLong(payload));
    } catch (NumberFormatException notOurs) {
      LOG.warnf("listen=payload ignored length=%d", (Object) payload.length());
    }
  }

  private void ask() {
    PgConnection open = connection;
    if (open == null) {
      return;
    }
    connections
        .bounded(open.query(HEAD).execute())
        .onSuccess(rows -> heads.advance(rows.iterator().next().getLong(0)))
        .onFailure(why -> {
          LOG.warnf("listen=no answer error=%s", why.getMessage());
          open.close().onFailure(e -> LOG.debug("listen=close", e));
          lost(open);
        });
  }

  private void lost(PgConnection gone) {
    if (connection == gone) {
      connection = null;
      later();
    }
  }

  private void later() {
    if (!closed) {
      vertx.setTimer(BACKOFF_MILLIS, _ -> context.runOnContext(_ -> connect()));
    }
  }

  void close() {
    closed = true;
    vertx.cancelTimer(ticker);
    context.runOnContext(_ -> {
      PgConnection open = connection;
      connection = null;
      if (open != null) {
        open.close().onFailure(e -> LOG.debug("listen=close", e));
      }
    });
  }
}
