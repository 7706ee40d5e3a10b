package countersign.edge.protocol.postgres;

import countersign.duty.Rulebook;
import countersign.edge.EdgeSettings;
import countersign.edge.Listener;
import countersign.edge.credential.TargetLogin;
import countersign.edge.grammar.Parsers;
import countersign.edge.record.Budget;
import countersign.identity.Authentication;
import countersign.port.Append;
import countersign.port.Feed;
import countersign.port.Secrets;
import countersign.target.Target;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's edge: accepts callers on the shared port and on the targets' own ports, and leads
 * them to targets. Thread-safe; start and stop block and are not for event loops.
 */
public final class PostgresEdge implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PostgresEdge.class);

  /** Connections that have not shown a password; the oldest of more make room. */
  private static final int MOST_UNPROVEN = 500;

  private static final Duration STOP = Duration.ofSeconds(15);

  /** PostgreSQL's own name in TLS (protocol-flow, "SSL Session Encryption"). */
  static final String ALPN = "postgresql";

  private final EdgeSettings settings;
  private final EventLoopGroup loops;
  private final Edge edge;
  private final Map<String, Listener> own = new HashMap<>();
  private final ExecutorService binder =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("edge-binder").factory());
  private @Nullable Listener shared;
  private Feed.@Nullable Subscription subscription;

  /**
   * Makes an edge; nothing listens yet.
   *
   * @param loops where its connections live
   * @param parsers what reads statements; it is the caller's to close, after this
   * @throws IllegalArgumentException if certificate or key cannot be read
   */
  public PostgresEdge(
      EdgeSettings settings,
      EventLoopGroup loops,
      Append append,
      Feed feed,
      Authentication authentication,
      Secrets secrets,
      Parsers parsers) {
    this.settings = settings;
    this.loops = loops;
    this.edge =
        new Edge(
            settings,
            loops,
            tls(settings.certificate(), settings.key()),
            append,
            feed,
            authentication,
            new TargetLogin(secrets),
            new Budget(Budget.DEFAULT_BYTES),
            new Sessions(),
            new Unproven(MOST_UNPROVEN),
            parsers,
            new Catalogues());
  }

  private static @Nullable SslContext tls(@Nullable Path certificate, @Nullable Path key) {
    if (certificate == null || key == null) {
      return null;
    }
    try {
      return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
          .sslProvider(SslProvider.JDK)
          // A caller may show a certificate of its own. It names nobody, so whoever signed it does
          // not matter: a token may be bound to it, and TLS proves that the caller holds its key.
          .clientAuth(ClientAuth.OPTIONAL)
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .protocols("TLSv1.3", "TLSv1.2")
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  ApplicationProtocolConfig.Protocol.ALPN,
                  ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                  ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                  ALPN))
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "certificate: " + certificate + " (expected: PEM chain, and PKCS#8 key in " + key + ")",
          e);
    }
  }

  /**
   * Listens.
   *
   * @throws UncheckedIOException if the shared port or a target's own is taken
   */
  public synchronized void start() {
    shared =
        Listener.bind(loops, settings.bind(), settings.port(), channel -> accept(channel, null));
    listenFor(edge.feed().rulebook());
    subscription = edge.feed().onRulebook(rules -> binder.execute(() -> changed(rules)));
    Leftovers.drop(edge);
    LOG.infof("edge=%s protocol=postgres port=%d", settings.edge(), port());
  }

  private synchronized void changed(Rulebook rulebook) {
    try {
      listenFor(rulebook);
    } catch (UncheckedIOException e) {
      LOG.errorf("edge=%s listen=failed why=%s", settings.edge(), e.getMessage());
    }
  }

  /** Opens the ports of targets that came, closes those of targets that went. */
  private void listenFor(Rulebook rulebook) {
    Set<String> gone = new HashSet<>(own.keySet());
    for (Target target : rulebook.targets().values()) {
      if (target.listen() > 0 && target.type().equals("postgres")) {
        int port = target.listen() + settings.portOffset();
        Listener there = own.get(target.name());
        if (there == null || there.port() != port) {
          Listener now =
              Listener.bind(
                  loops, settings.bind(), port, channel -> accept(channel, target.name()));
          own.put(target.name(), now);
          if (there != null) {
            there.close();
          }
        }
        gone.remove(target.name());
      }
    }
    for (String name : gone) {
      Listener listener = own.remove(name);
      if (listener != null) {
        listener.close();
      }
    }
  }

  private void accept(SocketChannel channel, @Nullable String ownTarget) {
    channel.pipeline().addLast("handshake", new Handshake(edge, channel, ownTarget));
  }

  /** The shared port listened on; -1 before {@link #start}. */
  public synchronized int port() {
    return shared == null ? -1 : shared.port();
  }

  /** Sessions open now. */
  public int sessions() {
    return edge.sessions().open().size();
  }

  /** Bytes of all sessions that are recorded and not durable yet. */
  public long unsyncedBytes() {
    return edge.budget().taken();
  }

  /** Stops accepting, ends every session with words, and waits until each is durably closed. */
  public synchronized void stop() {
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
    if (shared != null) {
      shared.close();
    }
    own.values().forEach(Listener::close);
    own.clear();
    edge.sessions().open().forEach(opening -> opening.terminate("the edge is stopping"));
    try {
      if (!edge.sessions().awaitNone(STOP)) {
        LOG.warnf("edge=%s stop=incomplete sessions=%d", settings.edge(), sessions());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    binder.shutdown();
  }

  @Override
  public void close() {
    stop();
  }
}
