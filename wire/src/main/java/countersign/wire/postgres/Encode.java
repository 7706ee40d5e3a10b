package countersign.wire.postgres;

import countersign.wire.postgres.BackendMessage.Column;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an edge says itself. Every method appends one whole message to {@code out} and
 * returns {@code out}. Texts are UTF-8 and must not hold U+0000 ({@link IllegalArgumentException}).
 * Stateless.
 */
public final class Encode {
  private Encode() {}

  // What is said to a client.

  /** AuthenticationOk. */
  public static ByteBuf authenticationOk(ByteBuf out) {
    return authentication(out, 0, new byte[0]);
  }

  /** Asks for the password as it is. */
  public static ByteBuf authenticationCleartextPassword(ByteBuf out) {
    return authentication(out, 3, new byte[0]);
  }

  /** Offers SASL mechanisms. */
  public static ByteBuf authenticationSasl(ByteBuf out, List<String> mechanisms) {
    int at = begin(out, 'R');
    out.writeInt(10);
    mechanisms.forEach(mechanism -> text(out, mechanism));
    out.writeByte(0);
    return end(out, at);
  }

  /** A SASL challenge. */
  public static ByteBuf authenticationSaslContinue(ByteBuf out, byte[] data) {
    return authentication(out, 11, data);
  }

  /** SASL's last word. */
  public static ByteBuf authenticationSaslFinal(ByteBuf out, byte[] data) {
    return authentication(out, 12, data);
  }

  private static ByteBuf authentication(ByteBuf out, int step, byte[] data) {
    int at = begin(out, 'R');
    out.writeInt(step).writeBytes(data);
    return end(out, at);
  }

  /** A setting. */
  public static ByteBuf parameterStatus(ByteBuf out, String name, String value) {
    int at = begin(out, 'S');
    text(out, name);
    text(out, value);
    return end(out, at);
  }

  /** The key for cancel requests; 4 bytes up to protocol 3.0. */
  public static ByteBuf backendKeyData(ByteBuf out, int processId, byte[] key) {
    int at = begin(out, 'K');
    out.writeInt(processId).writeBytes(key);
    return end(out, at);
  }

  /** The newest minor version spoken, and options that are not known. */
  public static ByteBuf negotiateProtocolVersion(
      ByteBuf out, int newestMinor, List<String> unknownOptions) {
    int at = begin(out, 'v');
    out.writeInt(newestMinor).writeInt(unknownOptions.size());
    unknownOptions.forEach(option -> text(out, option));
    return end(out, at);
  }

  /** Ready; status {@code I}, {@code T} or {@code E}. */
  public static ByteBuf readyForQuery(ByteBuf out, char status) {
    int at = begin(out, 'Z');
    out.writeByte(status);
    return end(out, at);
  }

  /** An error. */
  public static ByteBuf errorResponse(ByteBuf out, ErrorFields fields) {
    return report(out, 'E', fields);
  }

  /** A notice. */
  public static ByteBuf noticeResponse(ByteBuf out, ErrorFields fields) {
    return report(out, 'N', fields);
  }

  private static ByteBuf report(ByteBuf out, char type, ErrorFields fields) {
    int at = begin(out, type);
    for (Map.Entry<Character, String> field : fields.byLetter().entrySet()) {
      out.writeByte(field.getKey());
      text(out, field.getValue());
    }
    out.writeByte(0);
    return end(out, at);
  }

  /** Columns of the rows that follow. */
  public static ByteBuf rowDescription(ByteBuf out, List<Column> columns) {
    int at = begin(out, 'T');
    out.writeShort(columns.size());
    for (Column column : columns) {
      text(out, column.name());
      out.writeInt(column.tableOid()).writeShort(column.attribute());
      out.writeInt(column.typeOid()).writeShort(column.typeSize());
      out.writeInt(column.typeModifier()).writeShort(column.format());
    }
    return end(out, at);
  }

  /** A column of type {@code text} that belongs to no table. */
  public static Column textColumn(String name) {
    return new Column(name, 0, (short) 0, 25, (short) -1, -1, (short) 0);
  }

  /** A row of texts; null stands for SQL NULL. */
  public static ByteBuf dataRow(ByteBuf out, List<@Nullable String> values) {
    int at = begin(out, 'D');
    out.writeShort(values.size());
    for (String value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
      }
    }
    return end(out, at);
  }

  /** A statement ended well. */
  public static ByteBuf commandComplete(ByteBuf out, String tag) {
    int at = begin(out, 'C');
    text(out, tag);
    return end(out, at);
  }

  /** ParseComplete. */
  public static ByteBuf parseComplete(ByteBuf out) {
    return empty(out, '1');
  }

  /** BindComplete. */
  public static ByteBuf bindComplete(ByteBuf out) {
    return empty(out, '2');
  }

  /** CloseComplete. */
  public static ByteBuf closeComplete(ByteBuf out) {
    return empty(out, '3');
  }

  /** NoData. */
  public static ByteBuf noData(ByteBuf out) {
    return empty(out, 'n');
  }

  /** Parameter types of a described statement. */
  public static ByteBuf parameterDescription(ByteBuf out, List<Integer> types) {
    int at = begin(out, 't');
    out.writeShort(types.size());
    types.forEach(out::writeInt);
    return end(out, at);
  }

  /** EmptyQueryResponse. */
  public static ByteBuf emptyQueryResponse(ByteBuf out) {
    return empty(out, 'I');
  }

  // What is said to a server.

  /** Asks for TLS. */
  public static ByteBuf sslRequest(ByteBuf out) {
    return out.writeInt(8).writeInt(StartupDecoding.SSL);
  }

  /** Asks for GSSAPI encryption. */
  public static ByteBuf gssEncRequest(ByteBuf out) {
    return out.writeInt(8).writeInt(StartupDecoding.GSS_ENC);
  }

  /** Asks to cancel what another session is doing. */
  public static ByteBuf cancelRequest(ByteBuf out, int processId, byte[] key) {
    return out.writeInt(12 + key.length)
        .writeInt(StartupDecoding.CANCEL)
        .writeInt(processId)
        .writeBytes(key);
  }

  /** Begins a session; {@code version} such as {@link FrontendMessage.Startup#V3_0}. */
  public static ByteBuf startup(ByteBuf out, int version, Map<String, String> parameters) {
    int at = out.writerIndex();
    out.writeInt(0).writeInt(version);
    parameters.forEach((name, value) -> {
      text(out, name);
      text(out, value);
    });
    out.writeByte(0);
    return end(out, at);
  }

  /** A password. */
  public static ByteBuf password(ByteBuf out, String password) {
    int at = begin(out, 'p');
    text(out, password);
    return end(out, at);
  }

  /** Chooses a SASL mechanism and says the first word. */
  public static ByteBuf saslInitialResponse(ByteBuf out, String mechanism, byte[] data) {
    int at = begin(out, 'p');
    text(out, mechanism);
    out.writeInt(data.length).writeBytes(data);
    return end(out, at);
  }

  /** Answers a SASL challenge. */
  public static ByteBuf saslResponse(ByteBuf out, byte[] data) {
    int at = begin(out, 'p');
    out.writeBytes(data);
    return end(out, at);
  }

  /** A simple query. */
  public static ByteBuf query(ByteBuf out, String text) {
    int at = begin(out, 'Q');
    text(out, text);
    return end(out, at);
  }

  /** Prepares a statement. */
  public static ByteBuf parse(ByteBuf out, String name, String text, List<Integer> types) {
    int at = begin(out, 'P');
    text(out, name);
    text(out, text);
    out.writeShort(types.size());
    types.forEach(out::writeInt);
    return end(out, at);
  }

  /** Binds text values to a statement; rows come back as text. */
  public static ByteBuf bind(
      ByteBuf out, String portal, String statement, List<@Nullable String> values) {
    int at = begin(out, 'B');
    text(out, portal);
    text(out, statement);
    out.writeShort(0).writeShort(values.size());
    for (String value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
      }
    }
    out.writeShort(0);
    return end(out, at);
  }

  /**
   * Binds, with what stands after the names as it was in another Bind.
   *
   * @param rest formats, values and result formats
   */
  public static ByteBuf bound(ByteBuf out, String portal, String statement, byte[] rest) {
    int at = begin(out, 'B');
    text(out, portal);
    text(out, statement);
    out.writeBytes(rest);
    return end(out, at);
  }

  /** Describes a statement ({@code S}) or portal ({@code P}). */
  public static ByteBuf describe(ByteBuf out, char kind, String name) {
    int at = begin(out, 'D');
    out.writeByte(kind);
    text(out, name);
    return end(out, at);
  }

  /** Runs a portal. */
  public static ByteBuf execute(ByteBuf out, String portal, int maxRows) {
    int at = begin(out, 'E');
    text(out, portal);
    out.writeInt(maxRows);
    return end(out, at);
  }

  /** Closes a statement ({@code S}) or portal ({@code P}). */
  public static ByteBuf close(ByteBuf out, char kind, String name) {
    int at = begin(out, 'C');
    out.writeByte(kind);
    text(out, name);
    return end(out, at);
  }

  /** Sync. */
  public static ByteBuf sync(ByteBuf out) {
    return empty(out, 'S');
  }

  /** Flush. */
  public static ByteBuf flush(ByteBuf out) {
    return empty(out, 'H');
  }

  /** Terminate. */
  public static ByteBuf terminate(ByteBuf out) {
    return empty(out, 'X');
  }

  /** Gives up a COPY. */
  public static ByteBuf copyFail(ByteBuf out, String reason) {
    int at = begin(out, 'f');
    text(out, reason);
    return end(out, at);
  }

  private static ByteBuf empty(ByteBuf out, char type) {
    return out.writeByte(type).writeInt(4);
  }

  /** Writes the type and room for the length; returns where the length goes. */
  private static int begin(ByteBuf out, char type) {
    out.writeByte(type);
    int at = out.writerIndex();
    out.writeInt(0);
    return at;
  }

  private static ByteBuf end(ByteBuf out, int at) {
    return out.setInt(at, out.writerIndex() - at);
  }

  private static void text(ByteBuf out, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("text: holds U+0000 (expected: none)");
    }
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    out.writeByte(0);
  }
}
