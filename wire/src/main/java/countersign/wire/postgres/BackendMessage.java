package countersign.wire.postgres;

import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server says. Buffers inside are views of the frame and live as long as it does. Texts are
 * for reading: bytes that are not UTF-8 appear as U+FFFD, because a server may speak before an
 * encoding is agreed.
 */
public sealed interface BackendMessage {

  /**
   * Reads a frame of the server's direction.
   *
   * @throws ProtocolViolation when the body is not what its type says
   */
  static BackendMessage decode(Frame frame) {
    return MessageCode.decode(MessageCode.BACKEND, frame, Opaque::new);
  }

  /** A step of the authentication. */
  sealed interface Authentication extends BackendMessage {}

  /** The client is who it says. */
  record AuthenticationOk() implements Authentication {}

  /** Asks for the password as it is. */
  record AuthenticationCleartextPassword() implements Authentication {}

  /** Asks for an MD5 of the password and 4 bytes of salt. */
  record AuthenticationMd5Password(byte[] salt) implements Authentication {}

  /** Offers SASL mechanisms. */
  record AuthenticationSasl(List<String> mechanisms) implements Authentication {}

  /** A SASL challenge. */
  record AuthenticationSaslContinue(ByteBuf data) implements Authentication {}

  /** SASL's last word. */
  record AuthenticationSaslFinal(ByteBuf data) implements Authentication {}

  /** GSS, SSPI, Kerberos or a step that is not known here. */
  record AuthenticationOther(int step, ByteBuf data) implements Authentication {}

  /** A setting as it is now. */
  record ParameterStatus(String name, String value) implements BackendMessage {}

  /** What a CancelRequest for this session must carry: 4 bytes, from 3.2 on up to 256. */
  record BackendKeyData(int processId, byte[] key) implements BackendMessage {
    @Override
    public String toString() {
      return "BackendKeyData[processId=" + processId + "]";
    }
  }

  /**
   * Ready for the next query.
   *
   * @param status {@code I} idle, {@code T} in a transaction, {@code E} in a failed one
   */
  record ReadyForQuery(char status) implements BackendMessage {}

  /** An error. */
  record ErrorResponse(ErrorFields fields) implements BackendMessage {}

  /** A notice. */
  record NoticeResponse(ErrorFields fields) implements BackendMessage {}

  /** Columns of the rows that follow. */
  record RowDescription(List<Column> columns) implements BackendMessage {}

  /**
   * One column.
   *
   * @param tableOid table it comes from, 0 for none
   * @param attribute its number in that table, 0 for none
   * @param format 0 text, 1 binary
   */
  record Column(
      String name,
      int tableOid,
      short attribute,
      int typeOid,
      short typeSize,
      int typeModifier,
      short format) {}

  /** One row; null stands for SQL NULL. */
  record DataRow(List<@Nullable ByteBuf> values) implements BackendMessage {}

  /** A statement ended well, such as {@code DELETE 1}. */
  record CommandComplete(String tag) implements BackendMessage {}

  /** The query string was empty. */
  record EmptyQueryResponse() implements BackendMessage {}

  /** Parse is done. */
  record ParseComplete() implements BackendMessage {}

  /** Bind is done. */
  record BindComplete() implements BackendMessage {}

  /** Close is done. */
  record CloseComplete() implements BackendMessage {}

  /** The described statement returns no rows. */
  record NoData() implements BackendMessage {}

  /** Parameter types of the described statement. */
  record ParameterDescription(List<Integer> types) implements BackendMessage {}

  /** Execute's row limit was reached. */
  record PortalSuspended() implements BackendMessage {}

  /** Which way a COPY goes. */
  enum CopyDirection {
    in,
    out,
    both
  }

  /** A COPY begins; {@code binary} is the overall format. */
  record CopyResponse(CopyDirection direction, boolean binary, List<Short> formats)
      implements BackendMessage {}

  /** Bytes of a COPY. */
  record CopyData(ByteBuf data) implements BackendMessage {}

  /** The COPY is complete. */
  record CopyDone() implements BackendMessage {}

  /** NOTIFY from a session. */
  record NotificationResponse(int processId, String channel, String payload)
      implements BackendMessage {}

  /** The server does not speak the minor version or know the options asked for. */
  record NegotiateProtocolVersion(int newestMinor, List<String> unknownOptions)
      implements BackendMessage {}

  /** Of a type that is not known here, or not read; passes unchanged. */
  record Opaque(byte type, ByteBuf body) implements BackendMessage {}
}
