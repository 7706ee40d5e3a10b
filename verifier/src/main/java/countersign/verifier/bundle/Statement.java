package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.note.Ed25519;
import countersign.verifier.note.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The signature over the manifest: an in-toto Statement v1 in a DSSE envelope, signed by the log's
 * key. DSSE's pre-authentication encoding begins with {@code DSSEv1} and keeps it apart from what
 * the key signs as checkpoints.
 */
final class Statement {
  private static final String TYPE = "application/vnd.in-toto+json";

  private Statement() {}

  /** Makes the envelope over a manifest. */
  static byte[] sign(
      byte[] manifest, Json predicate, VerifierKey key, UnaryOperator<byte[]> signer) {
    byte[] payload = statement(manifest, predicate).canonicalBytes();
    byte[] signature = signer.apply(preAuthentication(payload));
    Base64.Encoder base64 = Base64.getEncoder();
    return Json.object()
        .with("payload", base64.encodeToString(payload))
        .with("payloadType", TYPE)
        .with(
            "signatures",
            Json.of(
                List.of(
                    Json.object()
                        .with("keyid", keyId(key))
                        .with("sig", base64.encodeToString(signature))
                        .made())))
        .made()
        .canonicalBytes();
  }

  /**
   * Checks an envelope.
   *
   * @throws Malformed when it is not the one form, is not of this key, is not over this manifest or
   *     says something else than it
   */
  static void check(byte[] envelope, byte[] manifest, Json predicate, VerifierKey key)
      throws Malformed {
    Json json = Json.parse(new String(envelope, StandardCharsets.UTF_8));
    byte[] payload = statement(manifest, predicate).canonicalBytes();
    if (!json.text("payloadType").equals(TYPE)
        || !json.text("payload").equals(Base64.getEncoder().encodeToString(payload))) {
      throw new Malformed("payload: not the statement over this manifest");
    }
    List<Json> signatures = json.items("signatures");
    if (signatures.size() != 1 || !signatures.getFirst().text("keyid").equals(keyId(key))) {
      throw new Malformed("signatures: not one of the log's key " + keyId(key));
    }
    byte[] signature;
    try {
      signature = Base64.getDecoder().decode(signatures.getFirst().text("sig"));
    } catch (IllegalArgumentException e) {
      throw new Malformed("sig: not Base64");
    }
    if (!Ed25519.verify(key.key(), preAuthentication(payload), signature)) {
      throw new Malformed("sig: not good over this manifest");
    }
  }

  private static String keyId(VerifierKey key) {
    return key.name() + '+' + HexFormat.of().toHexDigits(key.id());
  }

  private static Json statement(byte[] manifest, Json predicate) {
    String digest = HexFormat.of().formatHex(Spool.sha256().digest(manifest));
    Json subject =
        Json.object()
            .with("name", "MANIFEST.json")
            .with("digest", Json.object().with("sha256", digest).made())
            .made();
    return Json.object()
        .with("_type", "https://in-toto.io/Statement/v1")
        .with("subject", Json.of(List.of(subject)))
        .with("predicateType", "urn:countersign:evidence:1")
        .with("predicate", predicate)
        .made();
  }

  private static byte[] preAuthentication(byte[] payload) {
    byte[] head =
        ("DSSEv1 " + TYPE.length() + ' ' + TYPE + ' ' + payload.length + ' ')
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }
}
