package countersign.edge.credential;

import countersign.target.Target;
import countersign.wire.postgres.Encode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks a target for TLS as {@link Target.Tls} says, then steps aside. PostgreSQL documentation,
 * "SSL Session Encryption"; bytes that come with the answer are refused (CVE-2021-23222).
 */
final class TargetTls extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger(TargetTls.class);
  private static final long DEADLINE_SECONDS = 10;

  private final Target target;
  private final Consumer<Channel> encrypted;
  private final Consumer<String> failed;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean told;

  TargetTls(Target target, Consumer<Channel> encrypted, Consumer<String> failed) {
    this.target = target;
    this.encrypted = encrypted;
    this.failed = failed;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
  public void channelActive(ChannelHandlerContext context) {
    if (target.tls() == Target.Tls.disable) {
      succeed(context);
      return;
    }
    deadline =
        context
            .executor()
            .schedule(() -> fail(context, "no answer in time"), DEADLINE_SECONDS, TimeUnit.SECONDS);
    context.writeAndFlush(Encode.sslRequest(context.alloc().buffer(8)));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws SSLException {
    ByteBuf bytes = (ByteBuf) message;
    try {
      byte answer = bytes.readByte();
      if (bytes.isReadable()) {
        fail(context, "bytes before TLS");
      } else if (answer == 'S') {
        SslHandler tls = context().newHandler(context.alloc(), target.host(), target.port());
        context.pipeline().addFirst("tls", tls);
      } else if (answer == 'N' && target.tls() == Target.Tls.prefer) {
        succeed(context);
      } else {
        fail(context, "it does not offer TLS");
      }
    } finally {
      bytes.release();
    }
  }

  private SslContext context() throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    return switch (target.tls()) {
      case disable, prefer, require ->
          builder
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm(null)
              .build();
      case verifyCa -> builder.endpointIdentificationAlgorithm(null).build();
      case verifyFull -> builder.endpointIdentificationAlgorithm("HTTPS").build();
    };
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      if (done.isSuccess()) {
        succeed(context);
      } else {
        LOG.warnf("target=%s tls=failed why=%s", target.name(), done.cause().getMessage());
        fail(context, "TLS failed");
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, "it closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debugf("target=%s connection=failed why=%s", target.name(), cause.getMessage());
    fail(context, "the connection failed");
  }

  private void succeed(ChannelHandlerContext context) {
    if (told) {
      return;
    }
    told = true;
    disarm();
    Channel channel = context.channel();
    context.pipeline().remove(this);
    encrypted.accept(channel);
  }

  private void fail(ChannelHandlerContext context, String why) {
    if (told) {
      return;
    }
    told = true;
    disarm();
    var unused = context.close();
    failed.accept("target " + target.name() + ": " + why);
  }

  private void disarm() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
