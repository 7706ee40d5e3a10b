package countersign.identity;

import java.util.concurrent.CompletionStage;

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
  CompletionStage<Principal> authenticate(String token);

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
