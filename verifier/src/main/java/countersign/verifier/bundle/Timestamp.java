package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a response of RFC 3161 says: over which digest, and when. Its signature is not checked here;
 * {@code openssl ts -verify} does that with the authority's root.
 *
 * @param digest SHA-256 that it is over
 * @param at when the authority says it was
 */
record Timestamp(byte[] digest, Instant at) {
  private static final String SIGNED_DATA = "06092a864886f70d010702";
  private static final String TST_INFO = "060b2a864886f70d0109100104";
  private static final String SHA_256 = "0609608648016503040201";
  private static final int SEQUENCE = 0x30;

  /** A value in DER: its tag, and where its content stands. */
  private record Der(int tag, int from, int to) {}

  static Timestamp read(byte[] response) throws Malformed {
    List<Der> outer = inside(response, one(response, 0, response.length));
    BigInteger status = new BigInteger(content(response, child(response, outer, 0, SEQUENCE, 0)));
    if (outer.size() != 2 || status.intValue() > 1 || status.signum() < 0) {
      throw new Malformed("timestamp: not granted");
    }
    List<Der> token = inside(response, outer.get(1));
    require(oid(response, token, SIGNED_DATA) && token.size() == 2);
    List<Der> signedData = inside(response, inside(response, token.get(1)).getFirst());
    require(signedData.size() >= 3);
    List<Der> content = inside(response, signedData.get(2));
    require(oid(response, content, TST_INFO) && content.size() == 2);
    byte[] info = content(response, inside(response, content.get(1)).getFirst());
    List<Der> fields = inside(info, one(info, 0, info.length));
    require(fields.size() >= 5);
    List<Der> imprint = inside(info, fields.get(2));
    require(imprint.size() == 2 && oid(info, inside(info, imprint.get(0)), SHA_256));
    return new Timestamp(content(info, imprint.get(1)), time(content(info, fields.get(4))));
  }

  boolean isOver(byte[] content) {
    return Arrays.equals(Spool.sha256().digest(content), digest);
  }

  private static Instant time(byte[] text) throws Malformed {
    String time = new String(text, StandardCharsets.US_ASCII);
    try {
      return LocalDateTime.parse(
              time.replaceFirst("(\\.[0-9]+)?Z$", ""),
              DateTimeFormatter.ofPattern("uuuuMMddHHmmss"))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new Malformed("genTime", time, "such as 20261121123000Z");
    }
  }

  private static Der child(byte[] in, List<Der> of, int at, int tag, int inner) throws Malformed {
    require(of.size() > at && of.get(at).tag == tag);
    List<Der> inside = inside(in, of.get(at));
    require(inside.size() > inner);
    return inside.get(inner);
  }

  private static boolean oid(byte[] in, List<Der> of, String hex) {
    if (of.isEmpty()) {
      return false;
    }
    byte[] oid = HexFormat.of().parseHex(hex);
    Der first = of.getFirst();
    return first.tag == 6 && Arrays.equals(in, first.from, first.to, oid, 2, oid.length);
  }

  private static byte[] content(byte[] in, Der der) {
    return Arrays.copyOfRange(in, der.from, der.to);
  }

  private static List<Der> inside(byte[] in, Der der) throws Malformed {
    List<Der> found = new ArrayList<>();
    int at = der.from;
    while (at < der.to) {
      require(found.size() < 64);
      Der next = read(in, at, der.to);
      found.add(next);
      at = next.to;
    }
    require(!found.isEmpty());
    return found;
  }

  private static Der one(byte[] in, int from, int to) throws Malformed {
    Der der = read(in, from, to);
    require(der.to == to && der.tag == SEQUENCE);
    return der;
  }

  private static Der read(byte[] in, int from, int to) throws Malformed {
    require(to - from >= 2);
    int tag = in[from] & 0xff;
    int length = in[from + 1] & 0xff;
    int at = from + 2;
    if (length > 127) {
      int octets = length & 127;
      require(octets >= 1 && octets <= 3 && to - at >= octets);
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | in[at++] & 0xff;
      }
    }
    require(length <= to - at);
    return new Der(tag, at, at + length);
  }

  private static void require(boolean holds) throws Malformed {
    if (!holds) {
      throw new Malformed("timestamp: not a response of RFC 3161 with SHA-256");
    }
  }
}
