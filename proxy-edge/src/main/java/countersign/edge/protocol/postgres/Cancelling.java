package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.wire.postgres.Encode;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * The cancel key that the caller was given, and the forwarding of cancel requests under the
 * target's own. Key and number are read from any thread; the rest is confined to the event loop.
 */
final class Cancelling implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long DEADLINE_SECONDS = 5;

  private final Opening opening;
  private final int targetProcess;
  private final byte[] targetKey;
  private final Conversation owner;
  private final int processId;

  /** Four bytes are all that clients before 3.2 can hold. */
  private final byte[] key;

  private int underWay;

  /**
   * Makes a key.
   *
   * @param owner the session; goes on when a forwarded request has ended
   */
  Cancelling(Opening opening, LoggedIn target, Conversation owner) {
    this.opening = opening;
    this.targetProcess = target.processId();
    this.targetKey = target.key();
    this.owner = owner;
    this.key = new byte[opening.minor() >= 2 ? 32 : 4];
    RANDOM.nextBytes(key);
    this.processId = opening.edge().sessions().add(targetProcess, this);
  }

  int processId() {
    return processId;
  }

  byte[] key() {
    return key.clone();
  }

  boolean knows(byte[] shown) {
    return MessageDigest.isEqual(key, shown);
  }

  EventLoop loop() {
    return opening.client().eventLoop();
  }

  Conversation owner() {
    return owner;
  }

  /** Whether a request is on its way: it must not hit a later statement. */
  boolean underWay() {
    return underWay > 0;
  }

  /** Forwards a request; {@code done} runs when the target has closed the connection it came by. */
  void forward(Runnable done) {
    underWay++;
    Runnable once =
        new Runnable() {
          private boolean ran;

          @Override
          public void run() {
            if (!ran) {
              ran = true;
              underWay--;
              done.run();
              owner.pump();
            }
          }
        };
    var deadline = loop().schedule(once, DEADLINE_SECONDS, TimeUnit.SECONDS);
    opening
        .edge()
        .login()
        .dial(
            loop(),
            opening.target(),
            channel ->
                send(
                    channel,
                    () -> {
                      deadline.cancel(false);
                      once.run();
                    }),
            _ -> once.run());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
  private void send(Channel channel, Runnable closed) {
    channel.closeFuture().addListener(_ -> closed.run());
    channel.writeAndFlush(
        Encode.cancelRequest(Unpooled.buffer(16 + targetKey.length), targetProcess, targetKey));
  }

  @Override
  public void close() {
    opening.edge().sessions().remove(this);
  }
}
