package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Reads the canonical bytes of a leaf back. */
final class LeafReader {
  private static final int LONGEST = 1024;

  private LeafReader() {}

  /** Reads a leaf; bytes that the leaf would not be written as are refused. */
  static Leaf read(byte[] bytes) throws Malformed {
    if (bytes.length > LONGEST) {
      throw new Malformed("leaf: " + bytes.length + " bytes (expected: <= " + LONGEST + ")");
    }
    Json json = Json.parse(new String(bytes, StandardCharsets.ISO_8859_1));
    try {
      Optional<Json> session = json.member("session");
      Leaf leaf =
          new Leaf(
              UUID.fromString(json.text("id")),
              json.text("type"),
              (int) Math.min(Integer.MAX_VALUE, json.count("version")),
              session.isEmpty() ? null : UUID.fromString(json.text("session")),
              session.isEmpty() ? -1 : json.count("seq"),
              Instant.parse(json.text("at")),
              hash(json.text("clear")),
              hash(json.text("sealed")),
              json.member("key").isEmpty() ? new byte[0] : hash(json.text("key")));
      if (Arrays.equals(leaf.bytes(), bytes)) {
        return leaf;
      }
    } catch (IllegalArgumentException | DateTimeException notOne) {
      // said below
    }
    throw new Malformed("leaf", new String(bytes, StandardCharsets.ISO_8859_1), "canonical bytes");
  }

  private static byte[] hash(String hex) {
    byte[] hash = HexFormat.of().parseHex(hex);
    if (hash.length != 32) {
      throw new IllegalArgumentException("hash");
    }
    return hash;
  }
}
