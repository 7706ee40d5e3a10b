package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a target something on a connection of its own, hears the answers up to as many ReadyForQuery
 * as were asked for, and closes. Confined to the connection's event loop.
 */
final class Aside extends WholeFrames {
  private static final long DEADLINE_SECONDS = 5;

  private static final int MOST_BYTES = 4 << 20;

  private final ByteBuf question;
  private final Consumer<BackendMessage> hears;
  private final Consumer<Boolean> then;
  private int units;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean done;

  /**
   * Makes it.
   *
   * @param question what is sent; taken over
   * @param units how many ReadyForQuery answer it
   * @param hears hears every message before the last of them; what it keeps it copies
   * @param then called once, with whether everything was heard
   */
  Aside(
      LoggedIn in,
      ByteBuf question,
      int units,
      Consumer<BackendMessage> hears,
      Consumer<Boolean> then) {
    super(new Limits(MOST_BYTES, MOST_BYTES, false));
    in.reader().close(); // nothing was read after the login
    this.question = question;
    this.units = units;
    this.hears = hears;
    this.then = then;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context.executor().schedule(() -> end(context, false), DEADLINE_SECONDS, TimeUnit.SECONDS);
    send(context, question);
    context.channel().config().setAutoRead(true);
  }

  @Override
  boolean over() {
    return done;
  }

  @Override
  void take(ChannelHandlerContext context, BackendMessage message, int bytes) {
    if (message instanceof BackendMessage.ReadyForQuery && --units == 0) {
      end(context, true);
    } else {
      hears.accept(message);
    }
  }

  @Override
  void broken(ChannelHandlerContext context, String why) {
    end(context, false);
  }

  private void end(ChannelHandlerContext context, boolean whole) {
    if (done) {
      return;
    }
    done = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    stopReading();
    send(context, Encode.terminate(context.alloc().buffer(5)));
    var unused = context.close();
    then.accept(whole);
  }
}
