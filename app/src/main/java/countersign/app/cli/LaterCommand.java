package countersign.app.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command of the published interface that a later release brings: says so, and fails. */
final class LaterCommand implements Callable<Integer> {
  private static final List<LaterCommand> ALL =
      List.of(
          new LaterCommand("login", "0.4", "signs in at your identity provider"),
          new LaterCommand("bootstrap", "0.4", "names the first administrator"),
          new LaterCommand("apply", "0.4", "applies declared targets and duties"),
          new LaterCommand("diff", "0.4", "shows what apply would change"),
          new LaterCommand("request", "0.4", "asks for a grant"),
          new LaterCommand("contain", "0.4", "stops everything of a principal"),
          new LaterCommand("ssh-setup", "0.5", "prepares an SSH client"),
          new LaterCommand("ssh-cert", "0.5", "issues an SSH certificate"),
          new LaterCommand("kubeconfig", "0.6", "prints a kubeconfig"),
          new LaterCommand("kube-credential", "0.6", "is a kubectl credential plugin"));

  private final String name;
  private final String release;
  private final String does;

  private LaterCommand(String name, String release, String does) {
    this.name = name;
    this.release = release;
    this.does = does;
  }

  static void addTo(CommandLine root) {
    for (LaterCommand later : ALL) {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(later);
      spec.usageMessage().description(later.does + " (comes with release " + later.release + ")");
      spec.usageMessage().hidden(true);
      spec.mixinStandardHelpOptions(true);
      spec.addPositional(PositionalParamSpec.builder().arity("0..*").type(List.class).build());
      CommandLine command = new CommandLine(spec);
      command.setUnmatchedArgumentsAllowed(true);
      root.addSubcommand(later.name, command);
    }
  }

  @Override
  public Integer call() {
    System.err.println(
        "countersign " + name + ": comes with release " + release + " (" + does + ")");
    return 1;
  }
}
