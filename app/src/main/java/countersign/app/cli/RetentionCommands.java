package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Legal holds and erasure. */
final class RetentionCommands {
  private RetentionCommands() {}

  /** What a hold or an erasure is about. */
  static final class About {
    @Option(names = "--session", paramLabel = "ID", description = "one session")
    private @Nullable String session;

    @Option(
        names = "--principal",
        paramLabel = "NAME",
        description = "all sessions with this name in their chain")
    private @Nullable String principal;
  }

  @Command(
      name = "erase",
      mixinStandardHelpOptions = true,
      description =
          "Erases a session that has ended, or all of a principal's: destroys their keys. What was"
              + " recorded can never be read again; proofs stay valid.")
  static final class Erase implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @ArgGroup(multiplicity = "1")
    private About about = new About();

    @Option(names = "--reason", paramLabel = "R", required = true, description = "why, recorded")
    private String reason = "";

    @Override
    public Integer call() {
      String path =
          about.session != null
              ? "sessions/" + Api.quote(about.session)
              : "principals/" + Api.quote(String.valueOf(about.principal));
      JsonNode answer = Api.fromEnvironment().post(path + ":erase", Map.of("reason", reason));
      if (output.structured()) {
        output.print(answer);
        return 0;
      }
      long already = answer.path("already").asLong();
      Output.OUT.println(
          answer.path("requested").asLong()
              + " to erase"
              + (already == 0 ? "" : ", " + already + " erased already"));
      answer
          .path("erasures")
          .forEach(erasure ->
              Output.OUT.println(
                  "erasure "
                      + erasure.path("id").asText()
                      + ": "
                      + erasure.path("state").asText()));
      return 0;
    }
  }

  @Command(
      name = "hold",
      mixinStandardHelpOptions = true,
      description = "Places a legal hold, which no erasure passes; without options lists them.",
      subcommands = Lift.class)
  static final class Hold implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @ArgGroup(multiplicity = "0..1")
    private @Nullable About about;

    @Option(names = "--reason", paramLabel = "R", description = "why, recorded")
    private String reason = "";

    @Override
    public Integer call() {
      About wanted = about;
      if (wanted == null) {
        list(Api.fromEnvironment().get("holds"));
        return 0;
      }
      Map<String, String> body = new HashMap<>(Map.of("reason", reason));
      if (wanted.session != null) {
        body.put("session", wanted.session);
      }
      if (wanted.principal != null) {
        body.put("principal", wanted.principal);
      }
      JsonNode hold = Api.fromEnvironment().post("holds", body);
      if (output.structured()) {
        output.print(hold);
      } else {
        Output.OUT.println(hold.path("id").asText());
      }
      return 0;
    }

    private void list(JsonNode page) {
      if (output.structured()) {
        output.print(page);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode hold : page.path("items")) {
        rows.add(
            List.of(
                hold.path("id").asText(),
                hold.path("state").asText(),
                hold.path("session").isNull()
                    ? hold.path("principal").asText()
                    : hold.path("session").asText(),
                hold.path("by").asText(),
                hold.path("placedAt").asText(),
                Output.brief(hold.path("reason").asText(), 60)));
      }
      Output.table(List.of("ID", "STATE", "ON", "BY", "PLACED", "REASON"), rows);
    }
  }

  @Command(name = "lift", mixinStandardHelpOptions = true, description = "Ends a legal hold.")
  static final class Lift implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the hold")
    private String id = "";

    @Option(names = "--reason", paramLabel = "R", required = true, description = "why, recorded")
    private String reason = "";

    @Override
    public Integer call() {
      Api.fromEnvironment().post("holds/" + Api.quote(id) + ":lift", Map.of("reason", reason));
      System.err.println("countersign: hold " + Output.harmless(id) + " is lifted");
      return 0;
    }
  }
}
