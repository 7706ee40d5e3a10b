package countersign.edge.protocol.postgres;

import countersign.wire.postgres.FrontendMessage.SaslInitial;
import countersign.wire.postgres.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SASL OAUTHBEARER (RFC 7628; PostgreSQL 18 documentation, "SASL OAUTHBEARER Authentication"), for
 * callers that ask for it with {@code options='-c countersign.auth=oauth'}: who knows only
 * passwords could not answer an offer of it.
 */
final class Bearer {
  static final String MECHANISM = "OAUTHBEARER";

  /** The setting by which a caller asks for it. */
  static final String SETTING = "countersign.auth";

  /** gs2-header without channel binding and authzid, key-value pairs, each ended by 0x01. */
  private static final Pattern FORM =
      Pattern.compile("[ny],,\\x01(?:[A-Za-z]+=[^\\x01]*\\x01)*\\x01");

  private static final Pattern AUTH = Pattern.compile("\\x01auth=([^\\x01]*)(?=\\x01)");

  /** RFC 6750's b68token after the scheme, which is case-insensitive. */
  private static final Pattern TOKEN =
      Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/-]+=*)", Pattern.DOTALL);

  private Bearer() {}

  /**
   * Reads the token.
   *
   * @return the token; empty when the caller only asks where to get one
   * @throws ProtocolViolation when it is none of the mechanism; the message holds none of it
   */
  static String token(SaslInitial first) {
    if (!first.mechanism().equals(MECHANISM)) {
      throw ProtocolViolation.of("mechanism: (expected: " + MECHANISM + ")");
    }
    Matcher auth = AUTH.matcher(first.response());
    if (!FORM.matcher(first.response()).matches() || !auth.find()) {
      throw ProtocolViolation.of(
          MECHANISM + ": (expected: n,, and auth=, as RFC 7628 has it, without authzid)");
    }
    String value = auth.group(1);
    if (value.isEmpty()) {
      return "";
    }
    Matcher token = TOKEN.matcher(value);
    if (auth.find() || !token.matches()) {
      throw ProtocolViolation.of(MECHANISM + ": (expected: auth=Bearer and one token)");
    }
    return token.group(1);
  }

  /**
   * What a refused caller is told before the error (RFC 7628, 3.2.2).
   *
   * @param discovery URL of the provider's metadata, empty for none
   */
  static byte[] refusal(String discovery) {
    String where =
        discovery.isEmpty()
            ? ""
            : ",\"openid-configuration\":\""
                + discovery.replaceAll("[\"\\\\\\p{Cntrl}]", "")
                + "\"";
    return ("{\"status\":\"invalid_token\",\"scope\":\"openid\"" + where + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
