package countersign.wire.postgres;

import static countersign.wire.postgres.Bound.authentication;
import static countersign.wire.postgres.Bound.large;
import static countersign.wire.postgres.Bound.rows;
import static countersign.wire.postgres.Bound.small;
import static countersign.wire.postgres.Bound.whole;

import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of message types: what it is called, how long it may be, how it is read.
 * Everything that depends on a type byte is here.
 */
record MessageCode<M>(char type, String name, Bound bound, Function<Body, M> read) {

  /** The client's side. */
  static final List<@Nullable MessageCode<FrontendMessage>> FRONTEND =
      index(
          List.of(
              code('p', "Password", authentication, b -> new FrontendMessage.Password(b.rest())),
              code('Q', "Query", whole, b -> new FrontendMessage.Query(b.text("text"))),
              code('P', "Parse", whole, Decoding::parse),
              code('B', "Bind", whole, Decoding::bind),
              code('D', "Describe", small, Decoding::describe),
              code('E', "Execute", small, Decoding::execute),
              code('C', "Close", small, Decoding::close),
              code('H', "Flush", small, _ -> new FrontendMessage.Flush()),
              code('S', "Sync", small, _ -> new FrontendMessage.Sync()),
              code('X', "Terminate", small, _ -> new FrontendMessage.Terminate()),
              code('d', "CopyData", rows, b -> new FrontendMessage.CopyData(b.rest())),
              code('c', "CopyDone", small, _ -> new FrontendMessage.CopyDone()),
              code('f', "CopyFail", small, b -> new FrontendMessage.CopyFail(b.text("reason"))),
              code('F', "FunctionCall", whole, Decoding::functionCall)));

  /** The server's side. */
  static final List<@Nullable MessageCode<BackendMessage>> BACKEND =
      index(
          List.of(
              code('R', "Authentication", authentication, Decoding::authentication),
              code('S', "ParameterStatus", large, Decoding::parameterStatus),
              code('K', "BackendKeyData", small, Decoding::backendKeyData),
              code('Z', "ReadyForQuery", small, Decoding::readyForQuery),
              code('E', "ErrorResponse", large, Decoding::error),
              code('N', "NoticeResponse", large, Decoding::notice),
              code('T', "RowDescription", whole, Decoding::rowDescription),
              code('D', "DataRow", rows, Decoding::dataRow),
              code('C', "CommandComplete", small, Decoding::commandComplete),
              code('I', "EmptyQueryResponse", small, _ -> new BackendMessage.EmptyQueryResponse()),
              code('1', "ParseComplete", small, _ -> new BackendMessage.ParseComplete()),
              code('2', "BindComplete", small, _ -> new BackendMessage.BindComplete()),
              code('3', "CloseComplete", small, _ -> new BackendMessage.CloseComplete()),
              code('n', "NoData", small, _ -> new BackendMessage.NoData()),
              code('t', "ParameterDescription", whole, Decoding::parameterDescription),
              code('s', "PortalSuspended", small, _ -> new BackendMessage.PortalSuspended()),
              code('G', "CopyInResponse", small, Decoding::copyIn),
              code('H', "CopyOutResponse", small, Decoding::copyOut),
              code('W', "CopyBothResponse", small, Decoding::copyBoth),
              code('d', "CopyData", rows, b -> new BackendMessage.CopyData(b.rest())),
              code('c', "CopyDone", small, _ -> new BackendMessage.CopyDone()),
              code('A', "NotificationResponse", small, Decoding::notification),
              code('v', "NegotiateProtocolVersion", small, Decoding::negotiate)));

  private static <M> MessageCode<M> code(
      char type, String name, Bound bound, Function<Body, ? extends M> read) {
    return new MessageCode<>(type, name, bound, read::apply);
  }

  private static <M> List<@Nullable MessageCode<M>> index(List<MessageCode<M>> codes) {
    List<@Nullable MessageCode<M>> index = new ArrayList<>();
    for (int type = 0; type < 256; type++) {
      index.add(null);
    }
    codes.forEach(code -> index.set(code.type, code));
    return index;
  }

  /** Reads a frame by its row; what has none stays opaque. */
  static <M> M decode(
      List<@Nullable MessageCode<M>> side, Frame frame, Opaque<? extends M> unknown) {
    MessageCode<M> code = side.get(frame.type() & 0xff);
    if (code == null) {
      return unknown.of(frame.type(), frame.body());
    }
    Body body = new Body(code.name, frame.body());
    M message = code.read.apply(body);
    body.end();
    return message;
  }

  /** Makes the message for a type without a row. */
  interface Opaque<M> {
    M of(byte type, ByteBuf body);
  }

  static Bound bound(boolean frontend, byte type) {
    MessageCode<?> code = (frontend ? FRONTEND : BACKEND).get(type & 0xff);
    if (code != null) {
      return code.bound;
    }
    return frontend ? whole : large;
  }

  static String name(boolean frontend, byte type) {
    MessageCode<?> code = (frontend ? FRONTEND : BACKEND).get(type & 0xff);
    return code == null ? String.format("0x%02x", type & 0xff) : code.name;
  }
}
