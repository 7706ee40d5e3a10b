package countersign.app;

import countersign.app.cli.CountersignCommand;
import io.quarkus.runtime.annotations.QuarkusMain;

/**
 * Where the program begins. Commands of the CLI never start Quarkus; {@code demo} and {@code start}
 * prepare what Quarkus needs configured and then run it.
 */
@QuarkusMain
public final class Main {
  private Main() {}

  /** Runs one command line and exits with its code. */
  public static void main(String... arguments) {
    System.exit(CountersignCommand.run(arguments));
  }
}
