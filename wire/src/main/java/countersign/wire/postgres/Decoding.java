package countersign.wire.postgres;

import countersign.wire.postgres.BackendMessage.Column;
import countersign.wire.postgres.BackendMessage.CopyDirection;
import countersign.wire.postgres.BackendMessage.CopyResponse;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the bodies are read that take more than a line; {@link MessageCode} says which is whose. */
final class Decoding {
  private Decoding() {}

  static FrontendMessage parse(Body body) {
    String name = body.text("name");
    String text = body.text("text");
    return new FrontendMessage.Parse(
        name, text, body.items(body.count("parameters"), b -> b.int32("type")));
  }

  static FrontendMessage bind(Body body) {
    String portal = body.text("portal");
    String statement = body.text("statement");
    List<Short> formats = formats(body, "formats");
    List<@Nullable ByteBuf> values = values(body);
    if (formats.size() > 1 && formats.size() != values.size()) {
      throw body.unexpected("formats", formats.size(), "0, 1 or " + values.size());
    }
    return new FrontendMessage.Bind(
        portal, statement, formats, values, formats(body, "result formats"));
  }

  static FrontendMessage describe(Body body) {
    return new FrontendMessage.Describe(kind(body), body.text("name"));
  }

  static FrontendMessage close(Body body) {
    return new FrontendMessage.Close(kind(body), body.text("name"));
  }

  static FrontendMessage execute(Body body) {
    return new FrontendMessage.Execute(body.text("portal"), body.int32("rows"));
  }

  static FrontendMessage functionCall(Body body) {
    return new FrontendMessage.FunctionCall(body.int32("function"), body.rest());
  }

  static BackendMessage authentication(Body body) {
    int step = body.int32("step");
    return switch (step) {
      case 0 -> new BackendMessage.AuthenticationOk();
      case 3 -> new BackendMessage.AuthenticationCleartextPassword();
      case 5 -> new BackendMessage.AuthenticationMd5Password(md5Salt(body));
      case 10 -> new BackendMessage.AuthenticationSasl(list(body, "mechanism"));
      case 11 -> new BackendMessage.AuthenticationSaslContinue(body.rest());
      case 12 -> new BackendMessage.AuthenticationSaslFinal(body.rest());
      default -> new BackendMessage.AuthenticationOther(step, body.rest());
    };
  }

  private static byte[] md5Salt(Body body) {
    if (body.remaining() != 4) {
      throw body.unexpected("salt length", body.remaining(), "4");
    }
    return body.restAsArray();
  }

  static BackendMessage parameterStatus(Body body) {
    return new BackendMessage.ParameterStatus(body.lenientText("name"), body.lenientText("value"));
  }

  static BackendMessage backendKeyData(Body body) {
    int process = body.int32("process");
    if (body.remaining() < 4 || body.remaining() > 256) {
      throw body.unexpected("key length", body.remaining(), "4 to 256");
    }
    return new BackendMessage.BackendKeyData(process, body.restAsArray());
  }

  static BackendMessage readyForQuery(Body body) {
    char status = (char) (body.int8("status") & 0xff);
    if (status != 'I' && status != 'T' && status != 'E') {
      throw body.unexpected("status", (int) status, "I, T or E");
    }
    return new BackendMessage.ReadyForQuery(status);
  }

  static BackendMessage error(Body body) {
    return new BackendMessage.ErrorResponse(fields(body));
  }

  static BackendMessage notice(Body body) {
    return new BackendMessage.NoticeResponse(fields(body));
  }

  private static ErrorFields fields(Body body) {
    Map<Character, String> fields = new LinkedHashMap<>();
    for (byte letter = body.int8("field"); letter != 0; letter = body.int8("field")) {
      fields.put((char) (letter & 0xff), body.lenientText("value"));
    }
    return new ErrorFields(fields);
  }

  static BackendMessage rowDescription(Body body) {
    return new BackendMessage.RowDescription(body.items(body.count("columns"), Decoding::column));
  }

  private static Column column(Body body) {
    return new Column(
        body.lenientText("name"),
        body.int32("table"),
        body.int16("attribute"),
        body.int32("type"),
        body.int16("type size"),
        body.int32("type modifier"),
        body.int16("format"));
  }

  static BackendMessage dataRow(Body body) {
    return new BackendMessage.DataRow(values(body));
  }

  static BackendMessage commandComplete(Body body) {
    return new BackendMessage.CommandComplete(body.lenientText("tag"));
  }

  static BackendMessage parameterDescription(Body body) {
    return new BackendMessage.ParameterDescription(
        body.items(body.count("parameters"), b -> b.int32("type")));
  }

  static BackendMessage copyIn(Body body) {
    return copy(body, CopyDirection.in);
  }

  static BackendMessage copyOut(Body body) {
    return copy(body, CopyDirection.out);
  }

  static BackendMessage copyBoth(Body body) {
    return copy(body, CopyDirection.both);
  }

  private static BackendMessage copy(Body body, CopyDirection direction) {
    boolean binary = body.int8("format") != 0;
    return new CopyResponse(direction, binary, formats(body, "formats"));
  }

  static BackendMessage notification(Body body) {
    int process = body.int32("process");
    return new BackendMessage.NotificationResponse(
        process, body.lenientText("channel"), body.lenientText("payload"));
  }

  static BackendMessage negotiate(Body body) {
    int newest = body.int32("newest minor");
    int count = body.int32("options");
    if (count < 0 || count > body.remaining()) {
      throw body.unexpected("options", count, "0 to " + body.remaining());
    }
    return new BackendMessage.NegotiateProtocolVersion(
        newest, body.items(count, b -> b.lenientText("option")));
  }

  private static char kind(Body body) {
    byte kind = body.int8("kind");
    if (kind != 'S' && kind != 'P') {
      throw body.unexpected("kind", kind, "S or P");
    }
    return (char) kind;
  }

  private static List<Short> formats(Body body, String field) {
    return body.items(body.count(field), b -> b.int16(field));
  }

  private static List<@Nullable ByteBuf> values(Body body) {
    return body.items(body.count("values"), b -> b.value("value"));
  }

  /** Texts until an empty one. */
  private static List<String> list(Body body, String field) {
    List<String> texts = new ArrayList<>();
    for (String text = body.lenientText(field); !text.isEmpty(); text = body.lenientText(field)) {
      texts.add(text);
    }
    return texts;
  }
}
