package countersign.verifier;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the Merkle log commits to for one event: everything about it except its position, which is
 * the leaf's index. It commits to the ciphertext and to the key that opens it, never to plaintext
 * that was sealed, so it proves the event after its key is erased and tells nobody what it said.
 *
 * <p>Its canonical bytes are a JSON object in the form of RFC 8785: members in the order of their
 * names, no white space, UTF-8.
 *
 * <pre>{"at":"2026-11-21T02:25:41.123456Z","clear":"…","id":"…","key":"…","sealed":"…",
 *  "seq":17,"session":"…","type":"OperationDecided","v":1,"version":1}</pre>
 *
 * <p>{@code seq} and {@code session} are left out together for an event outside of any session's
 * sequence, {@code key} for an event with nothing sealed. Hashes are 64 lower-case hex digits.
 *
 * @param id UUID of the event
 * @param type name of the event: letters and digits
 * @param version version of its shape, 1 or more
 * @param session session whose sequence it belongs to, or null
 * @param sessionSeq number in that sequence, -1 without a session
 * @param at when it was appended, whole microseconds
 * @param clear SHA-256 of the clear JSON's bytes
 * @param sealed SHA-256 of the sealed bytes (of nothing, when nothing is sealed)
 * @param key commitment to the event's key, see {@link #commitment}; empty when nothing is sealed
 */
public record Leaf(
    UUID id,
    String type,
    int version,
    @Nullable UUID session,
    long sessionSeq,
    Instant at,
    byte[] clear,
    byte[] sealed,
    byte[] key) {

  private static final int MICRO = 1_000;
  private static final HexFormat HEX = HexFormat.of();
  private static final ThreadLocal<MessageDigest> SHA = ThreadLocal.withInitial(Leaf::sha256);
  private static volatile Second newest = new Second(Long.MIN_VALUE, "");
  private static final byte[] COMMITMENT = "countersign/key/v1".getBytes(StandardCharsets.US_ASCII);

  public Leaf {
    if (!plain(type)) {
      throw new IllegalArgumentException("type: " + type + " (expected: letters and digits)");
    }
    if (at.getNano() % MICRO != 0) {
      throw new IllegalArgumentException("at: " + at + " (expected: whole microseconds)");
    }
  }

  /** The canonical bytes. */
  public byte[] bytes() {
    StringBuilder json = new StringBuilder(480);
    json.append("{\"at\":\"");
    time(json, at);
    json.append("\",\"clear\":\"");
    HEX.formatHex(json, clear).append("\",\"id\":\"").append(id);
    if (key.length > 0) {
      HEX.formatHex(json.append("\",\"key\":\""), key);
    }
    HEX.formatHex(json.append("\",\"sealed\":\""), sealed).append('"');
    if (session != null) {
      json.append(",\"seq\":").append(sessionSeq);
      json.append(",\"session\":\"").append(session).append('"');
    }
    json.append(",\"type\":\"").append(type).append("\",\"v\":1,\"version\":").append(version);
    return json.append('}').toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** The leaf's hash: SHA-256 over a zero byte and the canonical bytes (RFC 6962 §2.1). */
  public byte[] hash() {
    return hash(bytes());
  }

  /** The same for canonical bytes at hand. */
  public static byte[] hash(byte[] canonical) {
    MessageDigest sha = SHA.get();
    sha.update((byte) 0);
    return sha.digest(canonical);
  }

  /**
   * Commits to an event's key, because AES-GCM does not: without it another key could be offered
   * that opens the same bytes to something else.
   *
   * @param eventKey the 32 bytes that sealed the event
   * @return SHA-256 over {@code countersign/key/v1} and the key
   */
  public static byte[] commitment(byte[] eventKey) {
    MessageDigest sha = SHA.get();
    sha.update(COMMITMENT);
    return sha.digest(eventKey);
  }

  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Always six digits of a second, unlike {@link Instant#toString}. */
  private static void time(StringBuilder json, Instant at) {
    Second second = newest;
    if (second.epoch != at.getEpochSecond()) {
      String whole = Instant.ofEpochSecond(at.getEpochSecond()).toString();
      second = new Second(at.getEpochSecond(), whole.substring(0, whole.length() - 1));
      newest = second;
    }
    json.append(second.words).append('.');
    String micros = Integer.toString(at.getNano() / MICRO);
    json.repeat('0', 6 - micros.length()).append(micros).append('Z');
  }

  /** A second as it is written; events come in their thousands in one. */
  private record Second(long epoch, String words) {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
