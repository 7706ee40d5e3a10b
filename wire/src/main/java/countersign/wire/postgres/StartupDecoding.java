package countersign.wire.postgres;

import countersign.wire.postgres.FrontendMessage.CancelRequest;
import countersign.wire.postgres.FrontendMessage.GssEncRequest;
import countersign.wire.postgres.FrontendMessage.SslRequest;
import countersign.wire.postgres.FrontendMessage.Startup;
import countersign.wire.postgres.Piece.Frame;
import java.util.LinkedHashMap;
import java.util.Map;

/** The messages without a type byte (libpq/pqcomm.h: the request codes). */
final class StartupDecoding {
  static final int CANCEL = 80877102;
  static final int SSL = 80877103;
  static final int GSS_ENC = 80877104;
  private static final int LONGEST_KEY = 256;

  private StartupDecoding() {}

  static FrontendMessage decode(Frame frame) {
    Body body = new Body("startup", frame.body());
    int code = body.int32("code");
    FrontendMessage message =
        switch (code) {
          case SSL -> new SslRequest();
          case GSS_ENC -> new GssEncRequest();
          case CANCEL -> cancel(body);
          default -> startup(code, body);
        };
    body.end();
    return message;
  }

  private static CancelRequest cancel(Body body) {
    int process = body.int32("process");
    if (body.remaining() < 4 || body.remaining() > LONGEST_KEY) {
      throw body.unexpected("key length", body.remaining(), "4 to " + LONGEST_KEY);
    }
    return new CancelRequest(process, body.restAsArray());
  }

  private static Startup startup(int version, Body body) {
    int major = version >>> 16;
    if (major != 3) {
      throw ProtocolViolation.version(
          "startup.version: " + major + "." + (version & 0xffff) + " (expected: 3.0 to 3.2)");
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String name = body.text("name"); !name.isEmpty(); name = body.text("name")) {
      parameters.put(name, body.text("value"));
    }
    return new Startup(version, parameters);
  }
}
