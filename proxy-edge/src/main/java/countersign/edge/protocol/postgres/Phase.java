package countersign.edge.protocol.postgres;

import java.util.Map;

/** Where a handshake is; only the methods of a phase lead on. */
sealed interface Phase {
  /** Before the startup message. */
  record Greeting(boolean encrypted) implements Phase {
    Greeting secured() {
      return new Greeting(true);
    }

    Proving named(Map<String, String> parameters, Map<String, String> settings) {
      return new Proving(parameters, settings);
    }
  }

  /** The password is asked for. */
  record Proving(Map<String, String> parameters, Map<String, String> settings) implements Phase {
    Checking shown() {
      return new Checking(parameters, settings);
    }
  }

  /** The token is being verified. */
  record Checking(Map<String, String> parameters, Map<String, String> settings) implements Phase {
    Dialling admitted(Opening opening) {
      return new Dialling(opening);
    }
  }

  /** Identity known; record and target are being opened. */
  record Dialling(Opening opening) implements Phase {}

  /** Served, refused or gone. */
  record Over() implements Phase {}
}
