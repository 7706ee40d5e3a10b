package countersign.app.cli;

/** A bar on standard error while something long runs; on a terminal only. */
final class ProgressLine {
  private static final int WIDTH = 30;
  private final boolean shown = System.console() != null && System.console().isTerminal();
  private int longest;

  /**
   * Shows how far something is.
   *
   * @param total -1 when not known
   */
  void show(String what, long done, long total) {
    if (!shown) {
      return;
    }
    String line;
    if (total > 0) {
      int filled = (int) (Math.min(done, total) * WIDTH / total);
      line =
          "%s [%s%s] %d %%"
              .formatted(what, "#".repeat(filled), " ".repeat(WIDTH - filled), done * 100 / total);
    } else {
      line = what + " …";
    }
    longest = Math.max(longest, line.length());
    System.err.print("\r" + line + " ".repeat(longest - line.length()));
    System.err.flush();
  }

  /** Takes the bar away. */
  void end() {
    if (shown && longest > 0) {
      System.err.print("\r" + " ".repeat(longest) + "\r");
      System.err.flush();
      longest = 0;
    }
  }
}
