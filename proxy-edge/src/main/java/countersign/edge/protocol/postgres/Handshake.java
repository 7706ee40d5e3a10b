package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.TargetLogin;
import countersign.edge.mask.MaskRules;
import countersign.identity.Principal;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.FrontendMessage.Startup;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A caller's way from the first byte to a conversation. Confined to the connection's event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private static final long DEADLINE_SECONDS = 10;
  private static final long MOST_EARLY = 64 << 10;

  /** Newest minor version of protocol 3 spoken with callers; to targets it is 3.0. */
  private static final int NEWEST_MINOR = 2;

  /** First byte of a TLS record with a ClientHello; no startup message is that long. */
  private static final byte CLIENT_HELLO = 0x16;

  private final Edge edge;
  private final Channel client;
  private final @Nullable String ownTarget;
  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
  private long earlyBytes;
  private final FrameReader reader = FrameReader.frontend(Limits.EDGE);
  private @Nullable ScheduledFuture<?> deadline;
  private Phase phase = new Phase.Greeting(Phase.Encryption.none);

  Handshake(Edge edge, Channel client, @Nullable String ownTarget) {
    this.edge = edge;
    this.client = client;
    this.ownTarget = ownTarget;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    edge.unproven().add(this);
    deadline =
        client
            .eventLoop()
            .schedule(
                () -> refuse(Words.fatal("57P05", "nothing said in " + DEADLINE_SECONDS + " s")),
                DEADLINE_SECONDS,
                TimeUnit.SECONDS);
  }

  /** Too many are silent; from any thread. */
  void crowdedOut() {
    client
        .eventLoop()
        .execute(() -> refuse(Words.fatal("53300", "too many connections without a password")));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (phase instanceof Phase.Checking || phase instanceof Phase.Dialling) {
      early.add(bytes);
      earlyBytes += bytes.readableBytes();
      client.config().setAutoRead(earlyBytes < MOST_EARLY);
      return;
    }
    if (phase instanceof Phase.Over) {
      bytes.release();
      return;
    }
    if (direct(bytes)) {
      return;
    }
    reader.feed(bytes);
    try {
      drain();
    } catch (ProtocolViolation e) {
      if (e.unspoken()) {
        over();
        hangUp();
      } else {
        refuse(Words.fatal(e.sqlState(), String.valueOf(e.getMessage())));
      }
    }
  }

  /** Whether the connection begins with TLS (sslnegotiation=direct): then TLS reads the bytes. */
  private boolean direct(ByteBuf bytes) {
    if (!(phase instanceof Phase.Greeting greeting)
        || greeting.encrypted()
        || edge.tls() == null
        || reader.buffered() > 0
        || !bytes.isReadable()
        || bytes.getByte(bytes.readerIndex()) != CLIENT_HELLO) {
      return false;
    }
    phase = greeting.secured(Phase.Encryption.direct);
    client.pipeline().addFirst("tls", edge.tls().newHandler(client.alloc()));
    client.pipeline().fireChannelRead(bytes);
    return true;
  }

  private void drain() {
    while (phase instanceof Phase.Greeting
        || phase instanceof Phase.Proving
        || phase instanceof Phase.Refusing) {
      Piece piece = reader.next();
      if (piece == null) {
        return;
      }
      try {
        switch (phase) {
          case Phase.Greeting greeting -> greet(greeting, (Piece.Frame) piece);
          case Phase.Proving proving -> prove(proving, piece);
          case Phase.Refusing(ErrorFields words) -> refuse(words);
          case Phase.Checking _, Phase.Dialling _, Phase.Over _ -> {}
        }
      } finally {
        piece.release();
      }
    }
  }

  private void greet(Phase.Greeting greeting, Piece.Frame frame) {
    switch (FrontendMessage.decode(frame)) {
      case FrontendMessage.SslRequest _ -> encrypt(greeting);
      case FrontendMessage.GssEncRequest _ -> send(Unpooled.buffer(1).writeByte('N'));
      case FrontendMessage.CancelRequest(int process, byte[] key) -> {
        over();
        edge.sessions().cancel(process, key, this::hangUp);
      }
      case Startup startup -> start(greeting, startup);
      case FrontendMessage other ->
          throw ProtocolViolation.of(
              "message: " + other.getClass().getSimpleName() + " (expected: a startup message)");
    }
  }

  private void hangUp() {
    var unused = client.close();
  }

  private void encrypt(Phase.Greeting greeting) {
    if (greeting.encrypted()) {
      throw ProtocolViolation.of("SSLRequest: inside TLS (expected: once)");
    }
    if (reader.buffered() > 0) {
      throw ProtocolViolation.of("bytes after SSLRequest: (expected: none before TLS)");
    }
    if (edge.tls() == null) {
      send(Unpooled.buffer(1).writeByte('N'));
      return;
    }
    send(Unpooled.buffer(1).writeByte('S'));
    phase = greeting.secured(Phase.Encryption.negotiated);
    client.pipeline().addFirst("tls", edge.tls().newHandler(client.alloc()));
  }

  private void start(Phase.Greeting greeting, Startup startup) {
    if (startup.version() >>> 16 != 3) {
      refuse(Words.fatal("0A000", "protocol: " + (startup.version() >>> 16) + " (expected: 3)"));
      return;
    }
    if (greeting.encryption() == Phase.Encryption.direct && !PostgresEdge.ALPN.equals(alpn())) {
      refuse(Words.fatal("08P01", "direct TLS: no ALPN (expected: " + PostgresEdge.ALPN + ")"));
      return;
    }
    if (!greeting.encrypted() && !(edge.settings().plaintextLoopback() && Peer.loopback(client))) {
      refuse(
          Words.fatal("28000", "TLS is required: the token would be readable on the way")
              .withHint("Connect with sslmode=verify-full (or at least sslmode=require)."));
      return;
    }
    StartupSettings settings;
    try {
      settings = StartupSettings.of(startup.parameters());
    } catch (StartupSettings.Refused e) {
      refuse(e.words());
      return;
    }
    List<String> options =
        startup.parameters().keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    ByteBuf out = Unpooled.buffer(32);
    int minor = Math.min(startup.minor(), NEWEST_MINOR);
    if (startup.minor() > minor || !options.isEmpty()) {
      Encode.negotiateProtocolVersion(out, minor, options);
    }
    phase = greeting.named(new Phase.Asked(minor, startup.parameters(), settings));
    send(
        settings.oauth()
            ? Encode.authenticationSasl(out, List.of(Bearer.MECHANISM))
            : Encode.authenticationCleartextPassword(out));
  }

  private @Nullable String alpn() {
    return client.pipeline().get("tls") instanceof SslHandler tls
        ? tls.applicationProtocol()
        : null;
  }

  private void prove(Phase.Proving proving, Piece piece) {
    if (!(piece instanceof Piece.Frame frame)
        || !(FrontendMessage.decode(frame) instanceof FrontendMessage.Password password)) {
      throw ProtocolViolation.of("message: (expected: the password)");
    }
    if (reader.buffered() > 0) {
      throw ProtocolViolation.of("bytes after the password: (expected: none before the answer)");
    }
    String token = proving.asked().oauth() ? Bearer.token(password.saslInitial()) : password.text();
    Phase.Checking checking = proving.shown();
    phase = checking;
    edge.authentication()
        .authenticate(token, Peer.certificate(client))
        .whenComplete((principal, failure) ->
            client.eventLoop().execute(() -> authenticated(checking, principal, failure)));
  }

  private void authenticated(
      Phase.Checking checking, @Nullable Principal principal, @Nullable Throwable failure) {
    if (phase != checking) {
      return;
    }
    if (failure != null || principal == null) {
      ErrorFields words = Words.notAuthenticated(failure);
      if (checking.asked().oauth()) {
        phase = new Phase.Refusing(words);
        String where = edge.authentication().discovery();
        send(Encode.authenticationSaslContinue(Unpooled.buffer(), Bearer.refusal(where)));
        early.forEach(reader::feed);
        early.clear();
        drain();
      } else {
        refuse(words);
      }
      return;
    }
    if (!edge.feed().leased()) {
      refuse(Words.fatal("57P03", "no new sessions: the edge has lost touch with control"));
      return;
    }
    switch (Admission.of(
        edge.feed().rulebook(), principal, checking.asked().parameters(), ownTarget)) {
      case Admission.Refused(ErrorFields words) -> refuse(words);
      case Admission.Admitted admitted -> open(checking, admitted);
    }
  }

  private void open(Phase.Checking checking, Admission.Admitted admitted) {
    disarm();
    Opening opening =
        new Opening(
            edge,
            client,
            admitted,
            checking.asked().minor(),
            why -> refuse(Words.fatal("57P01", why)));
    Phase.Dialling dialling = checking.admitted(opening);
    phase = dialling;
    opening.dial(
        checking.asked().settings(),
        new TargetLogin.Outcome() {
          @Override
          public void ready(LoggedIn in) {
            serve(dialling, in);
          }

          @Override
          public void failed(String why) {
            refuse(Words.fatal("08006", why));
          }

          @Override
          public void refused(ErrorFields words) {
            refuse(words);
          }
        });
  }

  private void serve(Phase.Dialling dialling, LoggedIn in) {
    if (phase != dialling) {
      in.reader().close();
      var unused = in.channel().close();
      return;
    }
    Opening opening = dialling.opening();
    MaskRules rules = opening.maskRules();
    talk(opening, in, rules == null ? null : new Masking(rules, in.reader()));
  }

  private void talk(Opening opening, LoggedIn in, @Nullable Masking masking) {
    phase = new Phase.Over();
    Conversation conversation = new Conversation(opening, client, in, masking);
    opening.conversation(conversation);
    in.channel().pipeline().addLast(new Sides.TargetSide(conversation));
    client.pipeline().replace(this, "client", new Sides.ClientSide(conversation));
    conversation.start(in);
    while (!early.isEmpty()) {
      conversation.clientBytes(early.remove());
    }
    conversation.pump();
  }

  private void refuse(ErrorFields words) {
    if (phase instanceof Phase.Over) {
      return;
    }
    end("refused", words.message());
    var unused =
        client
            .writeAndFlush(Encode.errorResponse(Unpooled.buffer(), words))
            .addListener(ChannelFutureListener.CLOSE);
  }

  private void end(String kind, String detail) {
    Phase was = phase;
    over();
    if (was instanceof Phase.Dialling(Opening opening)) {
      opening.close(kind, detail, _ -> {});
    }
  }

  private void over() {
    phase = new Phase.Over();
    disarm();
    reader.close();
    early.forEach(ByteBuf::release);
    early.clear();
  }

  private void disarm() {
    edge.unproven().remove(this);
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
  private void send(ByteBuf bytes) {
    client.writeAndFlush(bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!(phase instanceof Phase.Over)) {
      end("client", "disconnected");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(phase instanceof Phase.Over)) {
      end("client", cause.getClass().getSimpleName());
    }
    var unused = context.close();
  }
}
