package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is declared, and its read models. */
final class ConfigurationCommands {
  private ConfigurationCommands() {}

  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Shows what is declared: get targets, get duties, get duties NAME.")
  static final class Get implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "KIND", description = "targets or duties")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "only this one")
    private @Nullable String name;

    @Override
    public Integer call() {
      String list =
          switch (kind) {
            case "target", "targets" -> "targets";
            case "duty", "duties" -> "duties";
            default -> throw new Api.Failed("KIND: " + kind + " (expected: targets or duties)");
          };
      JsonNode page = Api.fromEnvironment().get(list);
      if (name != null) {
        for (JsonNode item : page.path("items")) {
          if (item.path("name").asText().equals(name)) {
            output.print(item);
            return 0;
          }
        }
        throw new Api.Failed(list + ": no " + name);
      }
      if (output.structured()) {
        output.print(page);
        return 0;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode item : page.path("items")) {
        rows.add(
            list.equals("targets")
                ? List.of(
                    item.path("name").asText(),
                    item.path("type").asText(),
                    item.path("host").asText() + ":" + item.path("port").asText())
                : List.of(
                    item.path("name").asText(),
                    join(item.path("groups")),
                    join(item.path("targets"))));
      }
      Output.table(
          list.equals("targets")
              ? List.of("NAME", "TYPE", "ADDRESS")
              : List.of("NAME", "GROUPS", "TARGETS"),
          rows);
      return 0;
    }

    private static String join(JsonNode values) {
      List<String> words = new ArrayList<>();
      values.forEach(value -> words.add(value.asText()));
      words.sort(null);
      return String.join(",", words);
    }
  }

  @Command(
      name = "rebuild",
      mixinStandardHelpOptions = true,
      description = "Runs all events through a read model again.")
  static final class Rebuild implements Callable<Integer> {
    @Parameters(paramLabel = "VIEW", description = "sessions, operations, approvals or segments")
    private String view = "";

    @Override
    public Integer call() {
      Api.fromEnvironment().post("views/" + Api.quote(view) + ":rebuild", Map.of());
      System.err.println("countersign: " + view + " is being rebuilt; the lag shows how far it is");
      return 0;
    }
  }
}
