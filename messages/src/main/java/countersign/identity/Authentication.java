package countersign.identity;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Turns a bearer token into a principal. Edge and API share one implementation. Thread-safe. */
public interface Authentication {

  /**
   * Verifies a token: signature, issuer, audience, times, chain.
   *
   * @param token the compact JWT
   * @return the principal; completes exceptionally with {@link Refused} and with nothing else, also
   *     when the identity provider cannot be reached. Never completes on an event loop's behalf:
   *     callers hop back to their own thread
   */
  default CompletionStage<Principal> authenticate(String token) {
    return authenticate(token, null);
  }

  /**
   * Verifies a token as {@link #authenticate(String)} does, shown by a caller that proved by TLS
   * that it holds the key of a certificate. A token that is bound to a certificate (RFC 8705)
   * counts with that certificate alone.
   *
   * @param token the compact JWT
   * @param certificate SHA-256 of the certificate in DER, as base64url without padding ({@code
   *     x5t#S256}); null when the caller showed none
   */
  CompletionStage<Principal> authenticate(String token, @Nullable String certificate);

  /**
   * Where callers that have no token may learn how to get one: the URL of an OpenID provider's
   * metadata; empty when there is none.
   */
  default String discovery() {
    return "";
  }

  /** The caller is not let in. The message is for the caller and holds no part of the token. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes a refusal.
     *
     * @param message what is wrong and what to do, such as {@code token expired 3 min ago: run
     *     countersign token}
     */
    public Refused(String message) {
      super(message, null, false, false);
    }
  }
}
