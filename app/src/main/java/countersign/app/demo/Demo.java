package countersign.app.demo;

/** Runs {@code countersign demo}. */
public final class Demo {
  private Demo() {}

  /**
   * Runs the demo until it is told to stop.
   *
   * @param options what was asked for
   * @return exit code: 0 after a clean stop, 1 with words on stderr when it could not start
   */
  public static int run(DemoOptions options) {
    throw new UnsupportedOperationException("demo " + options.data());
  }
}
