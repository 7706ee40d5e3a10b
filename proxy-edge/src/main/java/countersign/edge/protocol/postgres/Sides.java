package countersign.edge.protocol.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jboss.logging.Logger;

/** The last handlers of the two connections of a session: they hand everything to it. */
final class Sides {
  private static final Logger LOG = Logger.getLogger(Sides.class);

  private Sides() {}

  /** The caller's. */
  static final class ClientSide extends ChannelInboundHandlerAdapter {
    private final Conversation conversation;

    ClientSide(Conversation conversation) {
      this.conversation = conversation;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      conversation.clientBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      conversation.pump();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      conversation.pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      conversation.pump();
      conversation.clientGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debugf("side=client failed=%s", cause.getClass().getName());
      conversation.failed(cause);
      var unused = context.close();
    }
  }

  /** The target's. */
  static final class TargetSide extends ChannelInboundHandlerAdapter {
    private final Conversation conversation;

    TargetSide(Conversation conversation) {
      this.conversation = conversation;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      conversation.targetBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      conversation.pump();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      conversation.pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      conversation.targetGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debugf("side=target failed=%s", cause.getClass().getName());
      conversation.failed(cause);
      var unused = context.close();
    }
  }
}
