package countersign.wire.postgres;

import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says. Buffers inside are views of the frame and live as long as it does. Texts are
 * strict UTF-8. No {@code toString} shows a secret.
 */
public sealed interface FrontendMessage {

  /**
   * Reads a frame of the client's direction.
   *
   * @throws ProtocolViolation when the body is not what its type says; with {@link
   *     ProtocolViolation#ENCODING} when only a text is not UTF-8
   */
  static FrontendMessage decode(Frame frame) {
    return frame.type() == Frame.STARTUP
        ? StartupDecoding.decode(frame)
        : MessageCode.decode(MessageCode.FRONTEND, frame, Opaque::new);
  }

  /**
   * The first message of a session.
   *
   * @param version major in the upper, minor in the lower 16 bits; major is 3
   * @param parameters names and values in their order; of a repeated name the last value
   */
  record Startup(int version, Map<String, String> parameters) implements FrontendMessage {
    /** Version 3.0. */
    public static final int V3_0 = 3 << 16;

    /** Version 3.2: cancel keys of variable length. */
    public static final int V3_2 = 3 << 16 | 2;

    public Startup {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** The minor version asked for. */
    public int minor() {
      return version & 0xffff;
    }
  }

  /** Asks for TLS; the answer is one byte, {@code S} or {@code N}. */
  record SslRequest() implements FrontendMessage {}

  /** Asks for GSSAPI encryption; the answer is one byte, {@code G} or {@code N}. */
  record GssEncRequest() implements FrontendMessage {}

  /**
   * Asks to cancel what another session is doing.
   *
   * @param key 4 bytes up to version 3.0, 4 to 256 bytes from 3.2 on
   */
  record CancelRequest(int processId, byte[] key) implements FrontendMessage {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof CancelRequest that
          && processId == that.processId
          && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      return processId * 31 + Arrays.hashCode(key);
    }

    @Override
    public String toString() {
      return "CancelRequest[processId=" + processId + "]";
    }
  }

  /**
   * The first word of a SASL exchange.
   *
   * @param response the mechanism's own, empty for none
   */
  record SaslInitial(String mechanism, String response) {
    @Override
    public String toString() {
      return "SaslInitial[" + mechanism + "]";
    }
  }

  /** PasswordMessage, SASLInitialResponse, SASLResponse or GSSResponse: only the asker knows. */
  record Password(ByteBuf body) implements FrontendMessage {
    /** Reads it as a PasswordMessage: a secret. */
    public String text() {
      Body reading = new Body("PasswordMessage", body.duplicate());
      String text = reading.text("password");
      reading.end();
      return text;
    }

    /** Reads it as a SASLInitialResponse: a secret. */
    public SaslInitial saslInitial() {
      Body reading = new Body("SASLInitialResponse", body.duplicate());
      String mechanism = reading.text("mechanism");
      ByteBuf data = reading.value("response");
      reading.end();
      return new SaslInitial(mechanism, data == null ? "" : data.toString(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return "Password[" + body.readableBytes() + " B]";
    }
  }

  /** A simple query: any number of statements. */
  record Query(String text) implements FrontendMessage {}

  /**
   * Prepares one statement.
   *
   * @param name empty for the unnamed one
   * @param parameterTypes type OIDs, 0 for "find out"
   */
  record Parse(String name, String text, List<Integer> parameterTypes) implements FrontendMessage {}

  /**
   * Makes a portal of a prepared statement.
   *
   * @param formats none: all text; one: for all; else one for each value. 0 text, 1 binary
   * @param values the bytes; null stands for SQL NULL
   */
  record Bind(
      String portal,
      String statement,
      List<Short> formats,
      List<@Nullable ByteBuf> values,
      List<Short> resultFormats)
      implements FrontendMessage {

    /** The format of one value, by the protocol's rule of none, one or each. */
    public int format(int value) {
      return switch (formats.size()) {
        case 0 -> 0;
        case 1 -> formats.getFirst();
        default -> value < formats.size() ? formats.get(value) : 0;
      };
    }
  }

  /** Asks for a description; {@code kind} is {@code S} for a statement, {@code P} for a portal. */
  record Describe(char kind, String name) implements FrontendMessage {}

  /** Runs a portal; {@code maxRows} 0 means all. */
  record Execute(String portal, int maxRows) implements FrontendMessage {}

  /** Closes a statement ({@code S}) or portal ({@code P}). */
  record Close(char kind, String name) implements FrontendMessage {}

  /** Asks for what is ready. */
  record Flush() implements FrontendMessage {}

  /** Ends an extended query; answered by ReadyForQuery. */
  record Sync() implements FrontendMessage {}

  /** Ends the session. */
  record Terminate() implements FrontendMessage {}

  /** Bytes of a COPY. */
  record CopyData(ByteBuf data) implements FrontendMessage {}

  /** The COPY is complete. */
  record CopyDone() implements FrontendMessage {}

  /** The COPY is given up. */
  record CopyFail(String reason) implements FrontendMessage {}

  /** Calls a function by OID; {@code arguments} are not read. */
  record FunctionCall(int function, ByteBuf arguments) implements FrontendMessage {}

  /** Of a type that is not known here; passes unchanged. */
  record Opaque(byte type, ByteBuf body) implements FrontendMessage {}
}
