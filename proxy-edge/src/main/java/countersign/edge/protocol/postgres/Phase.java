package countersign.edge.protocol.postgres;

import countersign.wire.postgres.ErrorFields;
import java.util.Map;

/** Where a handshake is; only the methods of a phase lead on. */
sealed interface Phase {
  /** What TLS a caller speaks: none, after SSLRequest, or from its first byte (PostgreSQL 17). */
  enum Encryption {
    none,
    negotiated,
    direct
  }

  /** Before the startup message. */
  record Greeting(Encryption encryption) implements Phase {
    Greeting secured(Encryption how) {
      return new Greeting(how);
    }

    boolean encrypted() {
      return encryption != Encryption.none;
    }

    Proving named(Asked asked) {
      return new Proving(asked);
    }
  }

  /**
   * What the startup message asked for.
   *
   * @param minor minor version of the protocol that is spoken: 0 to 2
   * @param parameters as they came
   * @param settings which of them go on to the target, and which are decided on first
   */
  record Asked(int minor, Map<String, String> parameters, StartupSettings settings) {
    /** Whether the token is shown by OAUTHBEARER, not as a password. */
    boolean oauth() {
      return settings.oauth();
    }
  }

  /** The password is asked for. */
  record Proving(Asked asked) implements Phase {
    Checking shown() {
      return new Checking(asked);
    }
  }

  /** The token is being verified. */
  record Checking(Asked asked) implements Phase {
    Dialling admitted(Opening opening) {
      return new Dialling(opening);
    }
  }

  /**
   * A token shown by OAUTHBEARER is refused: the caller has to acknowledge it before it hears why.
   */
  record Refusing(ErrorFields words) implements Phase {}

  /** Identity known; record and target are being opened. */
  record Dialling(Opening opening) implements Phase {}

  /** Served, refused or gone. */
  record Over() implements Phase {}
}
