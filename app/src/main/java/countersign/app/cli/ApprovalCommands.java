package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The approver's work in a terminal. */
final class ApprovalCommands {
  /** Answered, but more people must still agree (sysexits: EX_TEMPFAIL). */
  static final int STILL_WAITING = 75;

  private ApprovalCommands() {}

  @Command(
      name = "approvals",
      mixinStandardHelpOptions = true,
      description = "Lists what waits for a decision; --watch shows each as it arrives.")
  static final class ListPending implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
        names = "--state",
        defaultValue = "pending",
        description =
            "pending, approved, modified, denied, expired, withdrawn, used or all (default:"
                + " ${DEFAULT-VALUE})")
    private String state = "pending";

    @Option(names = "--watch", description = "go on until Ctrl-C")
    private boolean watch;

    @Override
    public Integer call() throws InterruptedException {
      Api api = Api.fromEnvironment();
      String path =
          "approvals?limit=200" + (state.equals("all") ? "" : "&state=" + Api.quote(state));
      if (!watch) {
        show(api.get(path));
        return 0;
      }
      Set<String> seen = new HashSet<>();
      while (true) {
        for (JsonNode approval : api.get(path).path("items")) {
          if (seen.add(approval.path("id").asText())) {
            if (output.structured()) {
              output.printNext(approval);
            } else {
              describe(approval);
            }
          }
        }
        Thread.sleep(1000);
      }
    }

    private void show(JsonNode page) {
      if (output.structured()) {
        output.print(page);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode item : page.path("items")) {
        rows.add(
            List.of(
                item.path("id").asText(),
                item.path("state").asText(),
                chain(item),
                item.path("target").asText(),
                item.path("expiresAt").asText(),
                Output.brief(item.path("text").asText(), 80)));
      }
      Output.table(List.of("ID", "STATE", "WHO", "TARGET", "UNTIL", "STATEMENT"), rows);
    }
  }

  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description = "Lets a held operation run, exactly as it is.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:it may run", "1:refused", "75:more people must agree"})
  static final class Approve implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "the approval, such as apr-…")
    private String id = "";

    @Override
    public Integer call() {
      return answered(
          output, Api.fromEnvironment().post("approvals/" + Api.quote(id) + ":approve", Map.of()));
    }
  }

  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Refuses a held operation; the caller reads the reason.")
  static final class Deny implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "the approval, such as apr-…")
    private String id = "";

    @Option(names = "--reason", required = true, description = "words for the caller")
    private String reason = "";

    @Override
    public Integer call() {
      JsonNode approval =
          Api.fromEnvironment()
              .post("approvals/" + Api.quote(id) + ":deny", Map.of("reason", reason));
      answered(output, approval);
      return 0;
    }
  }

  @Command(
      name = "modify",
      mixinStandardHelpOptions = true,
      description = "Lets another text run in place of the held one; the caller is told.")
  static final class Modify implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "the approval, such as apr-…")
    private String id = "";

    @ArgGroup(multiplicity = "1")
    private Text text = new Text();

    static final class Text {
      @Option(names = "--with", paramLabel = "TEXT", description = "the new text")
      private @Nullable String with;

      @Option(
          names = {"-f", "--file"},
          paramLabel = "FILE",
          description = "a file that holds the new text")
      private @Nullable Path file;
    }

    @Override
    public Integer call() {
      return answered(
          output,
          Api.fromEnvironment()
              .post("approvals/" + Api.quote(id) + ":modify", Map.of("text", newText())));
    }

    private String newText() {
      if (text.with != null) {
        return text.with;
      }
      Path file = text.file;
      if (file == null) {
        throw new Api.Failed("modify: no text (expected: --with TEXT or -f FILE)");
      }
      try {
        return Files.readString(file, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new Api.Failed(file + ": cannot be read as UTF-8 text");
      }
    }
  }

  @Command(
      name = "withdraw",
      mixinStandardHelpOptions = true,
      description = "Takes your own request back.")
  static final class Withdraw implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "the approval, such as apr-…")
    private String id = "";

    @Override
    public Integer call() {
      answered(
          output, Api.fromEnvironment().post("approvals/" + Api.quote(id) + ":withdraw", Map.of()));
      return 0;
    }
  }

  private static int answered(Output output, JsonNode approval) {
    if (output.structured()) {
      output.print(approval);
    } else {
      Output.OUT.println(approval.path("id").asText() + " " + approval.path("state").asText());
    }
    return approval.path("state").asText().equals("pending") ? STILL_WAITING : 0;
  }

  private static String chain(JsonNode item) {
    List<String> names = new ArrayList<>();
    item.path("chain").forEach(hop -> names.add(hop.asText()));
    return String.join(" → ", names);
  }

  private static void describe(JsonNode item) {
    Output.OUT.println(
        item.path("id").asText()
            + "  "
            + chain(item)
            + " on "
            + item.path("target").asText()
            + " until "
            + item.path("expiresAt").asText());
    Output.OUT.println("  rule: " + Output.harmless(item.path("rule").asText()));
    String reason = item.path("statedReason").asText();
    if (!reason.isEmpty()) {
      Output.OUT.println("  reason: " + Output.harmless(reason));
    }
    Output.harmless(item.path("text").asText())
        .lines()
        .forEach(line -> Output.OUT.println("  | " + line));
    binds(item.path("binds"));
    context(item);
  }

  private static void binds(JsonNode binds) {
    for (int i = 0; i < binds.size(); i++) {
      JsonNode bind = binds.get(i);
      Output.OUT.println(
          "  $"
              + (i + 1)
              + " = "
              + (bind.isNull() ? "NULL" : Output.brief(Output.harmless(bind.asText()), 400)));
    }
  }

  private static void context(JsonNode item) {
    JsonNode context = item.path("context");
    said("ticket", context.path("ticket").asText());
    said("tables", names(context.path("relations")));
    said("every row of", names(context.path("everyRow")));
    if (context.path("rowsEstimated").isNumber()) {
      said("rows estimated", context.path("rowsEstimated").asText());
    }
    if (item.path("waiting").asText().equals("ticket")) {
      said("waits", "as a ticket: the caller runs it again when approved");
    }
    Output.harmless(context.path("plan").asText())
        .lines()
        .forEach(line -> Output.OUT.println("  plan | " + line));
  }

  private static void said(String name, String words) {
    if (!words.isEmpty()) {
      Output.OUT.println("  " + name + ": " + Output.harmless(words));
    }
  }

  private static String names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(name -> names.add(name.asText()));
    return String.join(", ", names);
  }
}
