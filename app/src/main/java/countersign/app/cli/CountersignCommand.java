package countersign.app.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: its subcommands are the table of contents of what a person can do. */
@Command(
    name = "countersign",
    mixinStandardHelpOptions = true,
    version = "countersign 0.1.0",
    description = "A gateway between callers and the systems they operate: judges, holds, records.",
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  COUNTERSIGN_URL    where the API is (default: http://localhost:8080)",
      "  COUNTERSIGN_TOKEN  who you are: a bearer token",
      "",
      "./countersign test and ./countersign bench run the tests and the benchmarks of a checkout."
    },
    subcommands = {
      RunCommands.DemoCommand.class,
      RunCommands.StartCommand.class,
      IdentityCommands.Token.class,
      IdentityCommands.Ca.class,
      IdentityCommands.Whoami.class,
      ApprovalCommands.ListPending.class,
      ApprovalCommands.Approve.class,
      ApprovalCommands.Deny.class,
      ApprovalCommands.Modify.class,
      ApprovalCommands.Withdraw.class,
      SessionCommands.ListSessions.class,
      SessionCommands.Replay.class,
      ExportCommand.class,
      LogCommands.RunWitness.class,
      LogCommands.RunFsck.class,
      VerifyCommand.class,
      RetentionCommands.Erase.class,
      RetentionCommands.Hold.class,
      KeyCommands.Secret.class,
      KeyCommands.RotateMaster.class,
      ConfigurationCommands.Get.class,
      ConfigurationCommands.Rebuild.class
    })
public final class CountersignCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /**
   * Runs one command line.
   *
   * @param arguments as typed
   * @return the exit code: 0, 1 for a failure told on stderr, 2 for a wrong command line, 75 for an
   *     approval that waits for more people
   */
  public static int run(String... arguments) {
    CommandLine line = new CommandLine(new CountersignCommand());
    LaterCommand.addTo(line);
    line.setExecutionExceptionHandler((failure, _, _) -> {
      if (failure instanceof Api.Failed
          || failure instanceof IllegalArgumentException
          || failure instanceof java.io.IOException) {
        System.err.println("countersign: " + Output.harmless(String.valueOf(failure.getMessage())));
        return 1;
      }
      throw failure;
    });
    return line.execute(arguments);
  }

  @Override
  public void run() {
    CommandSpec known = spec;
    if (known != null) {
      throw new ParameterException(known.commandLine(), "which command?");
    }
  }
}
