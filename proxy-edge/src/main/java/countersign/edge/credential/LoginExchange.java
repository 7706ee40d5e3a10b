package countersign.edge.credential;

import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Startup and authentication towards a target, up to its first ReadyForQuery. */
final class LoginExchange extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger(LoginExchange.class);
  private static final long DEADLINE_SECONDS = 20;

  private final Target target;
  private final Login login;
  private final Map<String, String> settings;
  private final Password password;
  private final TargetLogin.Outcome outcome;
  private final FrameReader reader = FrameReader.backend(Limits.EDGE);
  private final Map<String, String> reported = new LinkedHashMap<>();
  private Password.@Nullable Scram scram;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean verified;
  private boolean authenticated;
  private boolean told;
  private int processId;
  private byte[] key = {};

  LoginExchange(
      Target target, Login login, Map<String, String> settings, TargetLogin.Outcome outcome) {
    this.target = target;
    this.login = login;
    this.settings = settings;
    this.password = new Password(login);
    this.outcome = outcome;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", login.username());
    parameters.putAll(settings);
    deadline =
        context
            .executor()
            .schedule(() -> fail(context, "no answer in time"), DEADLINE_SECONDS, TimeUnit.SECONDS);
    send(
        context,
        Encode.startup(context.alloc().buffer(), FrontendMessage.Startup.V3_0, parameters));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reader.feed((ByteBuf) message);
    drain(context);
  }

  private void drain(ChannelHandlerContext context) {
    try {
      Piece piece = told ? null : reader.next();
      while (piece != null) {
        try {
          if (piece instanceof Piece.Frame frame) {
            take(context, BackendMessage.decode(frame));
          }
        } finally {
          piece.release();
        }
        piece = told ? null : reader.next();
      }
    } catch (ProtocolViolation e) {
      fail(context, "it does not speak the protocol");
    }
  }

  private void take(ChannelHandlerContext context, BackendMessage message) {
    switch (message) {
      case BackendMessage.AuthenticationOk _ -> {
        if (scram != null && !verified) {
          fail(context, "it did not prove that it knows the password");
        }
        authenticated = true;
      }
      case BackendMessage.AuthenticationCleartextPassword _ -> {
        if (context.pipeline().get("tls") == null) {
          fail(context, "it asks for the password in the clear without TLS");
        } else {
          compute(context, Password::cleartext, LoginExchange::plain);
        }
      }
      case BackendMessage.AuthenticationMd5Password(byte[] salt) ->
          compute(context, secret -> secret.md5(salt), LoginExchange::plain);
      case BackendMessage.AuthenticationSasl(var mechanisms) -> {
        if (mechanisms.contains(Password.Scram.MECHANISM)) {
          begin(context, mechanisms);
        } else {
          fail(context, "it offers no SCRAM-SHA-256");
        }
      }
      case BackendMessage.AuthenticationSaslContinue(ByteBuf data) -> {
        Password.Scram talking = scram;
        String challenge = data.toString(StandardCharsets.UTF_8);
        if (talking == null) {
          fail(context, "it answers a login that was not begun");
        } else {
          compute(context, _ -> talking.answer(challenge), Encode::saslResponse);
        }
      }
      case BackendMessage.AuthenticationSaslFinal(ByteBuf data) -> verify(context, data);
      case BackendMessage.AuthenticationOther _ -> fail(context, "its login method is not spoken");
      case BackendMessage.ParameterStatus(String name, String value) -> reported.put(name, value);
      case BackendMessage.BackendKeyData data -> {
        processId = data.processId();
        key = data.key();
      }
      case BackendMessage.ReadyForQuery _ -> ready(context);
      case BackendMessage.ErrorResponse(var fields) -> {
        LOG.warnf("target=%s login=refused sqlstate=%s", target.name(), fields.code());
        if (authenticated) {
          end(context, () -> outcome.refused(fields));
        } else {
          fail(context, "it refused the edge's login (" + fields.code() + ")");
        }
      }
      case BackendMessage.NoticeResponse _ -> {}
      case BackendMessage other ->
          fail(context, "unexpected " + other.getClass().getSimpleName() + " at login");
    }
  }

  private interface Prove {
    byte[] with(Password password) throws ScramException;
  }

  private interface Say {
    ByteBuf in(ByteBuf out, byte[] body);
  }

  /** Proves on a thread of its own: secrets may be in files, and SCRAM hashes for milliseconds. */
  private void compute(ChannelHandlerContext context, Prove prove, Say say) {
    Thread.ofVirtual()
        .name("login")
        .start(() -> {
          try {
            byte[] body = prove.with(password);
            context.executor().execute(() -> send(context, say.in(context.alloc().buffer(), body)));
          } catch (ScramException | RuntimeException e) {
            LOG.warnf("target=%s login=failed why=%s", target.name(), e.getClass().getName());
            context.executor().execute(() -> fail(context, "the edge cannot log in there"));
          }
        });
  }

  private void begin(ChannelHandlerContext context, List<String> offered) {
    byte @Nullable [] endPoint = endPoint(context);
    compute(
        context,
        secret -> {
          Password.Scram begun = secret.new Scram(offered, endPoint);
          byte[] first = begun.first();
          context.executor().execute(() -> scram = begun);
          return first;
        },
        (out, body) ->
            Encode.saslInitialResponse(out, Objects.requireNonNull(scram).mechanism(), body));
  }

  /**
   * Hash of the certificate that the target showed; null without TLS, or where the certificate's
   * signature names no hash.
   */
  private static byte @Nullable [] endPoint(ChannelHandlerContext context) {
    if (!(context.pipeline().get("tls") instanceof SslHandler tls)) {
      return null;
    }
    try {
      Certificate shown = tls.engine().getSession().getPeerCertificates()[0];
      byte[] hash = TlsServerEndpoint.getChannelBindingData((X509Certificate) shown);
      return hash.length == 0 ? null : hash;
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      return null;
    }
  }

  private void verify(ChannelHandlerContext context, ByteBuf data) {
    try {
      if (scram != null) {
        scram.verify(data.toString(StandardCharsets.UTF_8));
        verified = true;
      }
    } catch (ScramException e) {
      fail(context, "it did not prove that it knows the password");
    }
  }

  private static ByteBuf plain(ByteBuf out, byte[] body) {
    return out.writeByte('p').writeInt(4 + body.length).writeBytes(body);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
  private static void send(ChannelHandlerContext context, ByteBuf bytes) {
    context.writeAndFlush(bytes);
  }

  private void ready(ChannelHandlerContext context) {
    if (told) {
      return;
    }
    if (!authenticated) {
      fail(context, "ready before the login");
      return;
    }
    told = true;
    disarm();
    context.channel().config().setAutoRead(false);
    outcome.ready(new LoggedIn(context.channel(), reader, reported, processId, key));
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, "it closed the connection at login");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debugf("target=%s connection=failed why=%s", target.name(), cause.getMessage());
    fail(context, "the connection failed");
  }

  private void fail(ChannelHandlerContext context, String why) {
    end(context, () -> outcome.failed("target " + target.name() + ": " + why));
  }

  private void end(ChannelHandlerContext context, Runnable tell) {
    if (told) {
      return;
    }
    told = true;
    disarm();
    reader.close();
    var unused = context.close();
    tell.run();
  }

  private void disarm() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
