package countersign.app.start;

/** Runs {@code countersign start}. */
public final class Start {
  private Start() {}

  /**
   * Runs from a configuration until told to stop.
   *
   * @param options what was asked for
   * @return exit code: 0 after a clean stop, 1 with words on stderr when it could not start
   */
  public static int run(StartOptions options) {
    throw new UnsupportedOperationException("start " + options.config());
  }
}
