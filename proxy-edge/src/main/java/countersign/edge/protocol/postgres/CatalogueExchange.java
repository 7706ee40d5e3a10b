package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.Login;
import countersign.edge.credential.TargetLogin;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.sql.CatalogueRows;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a target for its catalogue on a connection of its own, statement by statement, and closes
 * it. Confined to the connection's event loop.
 */
final class CatalogueExchange extends WholeFrames {
  private static final long DEADLINE_SECONDS = 20;

  /** Most bytes of one row: a definition of a view. */
  private static final int MOST_ROW_BYTES = 16 << 20;

  private final CompletableFuture<CatalogueRows> done;
  private final CatalogueRows rows = new CatalogueRows();
  private int statement = -1;
  private @Nullable ScheduledFuture<?> deadline;

  private CatalogueExchange(LoggedIn in, CompletableFuture<CatalogueRows> done) {
    super(new Limits(64 << 20, MOST_ROW_BYTES, false));
    in.reader().close(); // nothing was read after the login
    this.done = done;
  }

  /**
   * Dials the target and asks; the connection is nobody's session. Bounded in time at every step:
   * connecting, login, questions.
   *
   * @param rows hears how it went; whoever completes it first ends the exchange
   */
  static void begin(
      EventLoop loop,
      TargetLogin login,
      Login as,
      Target target,
      String database,
      CompletableFuture<CatalogueRows> rows) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("database", database);
    settings.put("client_encoding", "UTF8");
    settings.put("application_name", "countersign");
    settings.put(AccessMode.SETTING, "on");
    settings.put("statement_timeout", "15000");
    // Printing definitions locks what they name. In a deadlock with a caller's DROP it must be the
    // edge that gives up, so well before the second after which the server looks for a victim.
    settings.put("lock_timeout", "100");
    login.login(
        loop,
        target,
        as,
        settings,
        new TargetLogin.Outcome() {
          @Override
          public void ready(LoggedIn in) {
            in.channel().pipeline().addLast(new CatalogueExchange(in, rows));
          }

          @Override
          public void failed(String why) {
            rows.completeExceptionally(new IllegalStateException(why));
          }
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(
                () -> broken(context, "no answer in time"), DEADLINE_SECONDS, TimeUnit.SECONDS);
    next(context);
    context.channel().config().setAutoRead(true);
  }

  private void next(ChannelHandlerContext context) {
    statement++;
    if (statement == CatalogueRows.STATEMENTS.size()) {
      end(context);
      done.complete(rows);
      return;
    }
    String sql = CatalogueRows.STATEMENTS.get(statement);
    send(context, Encode.query(context.alloc().buffer(sql.length() + 8), sql));
  }

  @Override
  boolean over() {
    return done.isDone();
  }

  @Override
  void take(ChannelHandlerContext context, BackendMessage message, int bytes) {
    switch (message) {
      case BackendMessage.DataRow row -> rows.add(statement, texts(row));
      case BackendMessage.ErrorResponse(ErrorFields fields) ->
          broken(context, "error " + fields.code() + " at question " + statement);
      case BackendMessage.ReadyForQuery _ -> next(context);
      case BackendMessage _ -> {}
    }
  }

  private static List<@Nullable String> texts(BackendMessage.DataRow row) {
    List<@Nullable String> texts = new ArrayList<>(row.values().size());
    int bytes = 0;
    for (ByteBuf value : row.values()) {
      bytes += value == null ? 0 : value.readableBytes();
      if (bytes > MOST_ROW_BYTES) {
        throw new IllegalArgumentException("row: larger than " + MOST_ROW_BYTES + " bytes");
      }
      texts.add(value == null ? null : value.toString(StandardCharsets.UTF_8));
    }
    return texts;
  }

  @Override
  void broken(ChannelHandlerContext context, String why) {
    if (!done.isDone()) {
      end(context);
      done.completeExceptionally(new IllegalStateException(why));
    }
  }

  private void end(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    send(context, Encode.terminate(context.alloc().buffer(5)));
    stopReading();
    var unused = context.close();
  }
}
