package countersign.app.cli;

import countersign.verifier.cli.Verify;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: the offline verifier, which is also a jar of its own. */
@Command(
    name = "verify",
    description = "Verifies an evidence bundle offline.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = Verify.USAGE,
    exitCodeListHeading = "%nExit code:%n",
    exitCodeList = {
      "0:proven",
      "1:tampered",
      "2:incomplete",
      "3:untrusted key",
      "4:proven, but something was erased",
      "64:wrong command line, policy or checkpoint",
      "74:a file cannot be read"
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "BUNDLE", description = "the bundle, as it was exported")
  private Path bundle = Path.of("");

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "whom you trust; without it the key is the bundle's own claim")
  private @Nullable Path policy;

  @Option(
      names = "--since",
      paramLabel = "CHECKPOINT",
      description = "a checkpoint that you kept: the log must only have grown since")
  private @Nullable Path since;

  @Option(
      names = "--tsa-root",
      paramLabel = "FILE",
      description =
          "roots (PEM) of time stamping authorities that you trust: the checkpoint must be stamped"
              + " by one of theirs")
  private @Nullable Path authorities;

  @Option(names = "-o", paramLabel = "json|text", description = "form of the report")
  private String form = "text";

  @Override
  public Integer call() {
    return Verify.run(
        bundle, policy, since, authorities, form.equals("json"), System.out, System.err);
  }
}
