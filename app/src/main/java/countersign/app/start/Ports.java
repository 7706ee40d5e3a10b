package countersign.app.start;

import java.util.LinkedHashMap;
import java.util.Map;

/** The ports that everything listens on. */
public final class Ports {
  /** API and web UI. */
  public static final int HTTP = 8080;

  /** The PostgreSQL edge. */
  public static final int POSTGRES = 6432;

  /** The embedded store. */
  public static final int STORE = 54329;

  /** The demo's target. */
  public static final int DEMO_TARGET = 54330;

  private static final int PATIENCE_TENTHS = 50;

  private Ports() {}

  /**
   * Fails when one of the ports is taken.
   *
   * @param wanted what for, to the port
   * @param again command line that would avoid it, empty for none
   */
  public static void requireFree(String bind, Map<String, Integer> wanted, String again) {
    Map<String, Integer> taken = new LinkedHashMap<>(wanted);
    taken.values().removeIf(port -> freeSoon(bind, port));
    if (!taken.isEmpty()) {
      throw taken(taken, again);
    }
  }

  /** Whether a port is free, or becomes free because only a passing connection has it. */
  private static boolean freeSoon(String bind, int port) {
    for (int waited = 0; PortCheck.taken(bind, port); waited++) {
      if (waited == PATIENCE_TENTHS || PortCheck.listening(port)) {
        return false;
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** Names the owners of taken ports. */
  private static Failure taken(Map<String, Integer> taken, String again) {
    StringBuilder words = new StringBuilder();
    taken.forEach((use, port) ->
        words
            .append(words.isEmpty() ? "" : System.lineSeparator())
            .append("port " + port + " (" + use + ") is taken by " + PortCheck.owner(port)));
    if (!again.isEmpty()) {
      words.append(System.lineSeparator()).append("Try: ").append(again);
    }
    return new Failure(words.toString());
  }
}
