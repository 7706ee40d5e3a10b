package countersign.edge.credential;

import countersign.edge.Listener;
import countersign.edge.Transport;
import countersign.port.Secrets;
import countersign.target.Target;
import countersign.wire.postgres.ErrorFields;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Opens connections to targets and logs in with the injected credential. Thread-safe. */
public final class TargetLogin {
  private static final int CONNECT_MILLIS = 10_000;

  private final Secrets secrets;

  /** Makes it with where secrets come from. */
  public TargetLogin(Secrets secrets) {
    this.secrets = secrets;
  }

  /** Hears how it went, on the loop; exactly one call. */
  public interface Outcome {
    /** Logged in; nothing was read after the first ReadyForQuery, and reading is off. */
    void ready(LoggedIn in);

    /** Not logged in. {@code why} holds no secret and is fit for callers. */
    void failed(String why);

    /**
     * The credential was taken, but the target begins no session: there is no such database, a
     * setting is not known, there are too many already.
     *
     * @param words the target's own
     */
    default void refused(ErrorFields words) {
      failed("the target refused the edge's login (" + words.code() + ")");
    }
  }

  /** Logs in with a target's credential. */
  public Login stored(Target target) {
    Target.Credential credential = target.credential();
    return stored(credential.username(), credential.passwordReference());
  }

  /** Logs in with a stored role. */
  public Login stored(Target.Login role) {
    return stored(role.username(), role.passwordReference());
  }

  private Login stored(String username, String reference) {
    return new Login(username, () -> secrets.resolve(reference));
  }

  /**
   * Makes a lease's name and password; nobody but this process knows of it yet.
   *
   * @param then called on the loop
   */
  public static void lease(EventLoop loop, String role, Consumer<Lease> then) {
    Thread.ofVirtual()
        .name("lease")
        .start(() -> {
          Lease made = Lease.make(role);
          try {
            loop.execute(() -> then.accept(made));
          } catch (RejectedExecutionException e) {
            made.close(); // the process is stopping
          }
        });
  }

  /**
   * Dials a target and logs in with its credential.
   *
   * @param loop the session's event loop: the connection will live on it
   * @param settings startup parameters besides {@code user}, in order
   */
  public void login(EventLoop loop, Target target, Map<String, String> settings, Outcome outcome) {
    login(loop, target, stored(target), settings, outcome);
  }

  /**
   * Dials a target and logs in as somebody; otherwise as {@link #login(EventLoop, Target, Map,
   * Outcome)}.
   */
  public void login(
      EventLoop loop, Target target, Login as, Map<String, String> settings, Outcome outcome) {
    dial(
        loop,
        target,
        channel -> channel.pipeline().addLast(new LoginExchange(target, as, settings, outcome)),
        outcome::failed);
  }

  /**
   * Dials a target, TLS included, and says nothing yet.
   *
   * @param encrypted called on the loop with the open channel; TLS is done where it applies
   * @param failed called on the loop with words for the caller
   */
  public void dial(
      EventLoop loop, Target target, Consumer<Channel> encrypted, Consumer<String> failed) {
    Thread.ofVirtual()
        .name("resolve")
        .start(() -> {
          try {
            InetAddress address = InetAddress.getByName(target.host());
            loop.execute(() -> connect(loop, address, target, encrypted, failed));
          } catch (UnknownHostException e) {
            loop.execute(() -> failed.accept("target " + target.name() + ": unknown host"));
          }
        });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the listener hears of it
  private static void connect(
      EventLoop loop,
      InetAddress address,
      Target target,
      Consumer<Channel> encrypted,
      Consumer<String> failed) {
    new Bootstrap()
        .group(loop)
        .channel(Transport.of(loop).connecting())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Listener.WATER_MARK)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new TargetTls(target, encrypted, failed));
              }
            })
        .connect(new InetSocketAddress(address, target.port()))
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            failed.accept("target " + target.name() + " cannot be reached");
          }
        });
  }
}
