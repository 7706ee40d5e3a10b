package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The responder's work in a terminal. */
final class SessionCommands {
  private SessionCommands() {}

  @Command(
      name = "sessions",
      mixinStandardHelpOptions = true,
      description = "Lists sessions, newest first.")
  static final class ListSessions implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(names = "--state", description = "open, closed or interrupted")
    private @Nullable String state;

    @Option(
        names = "--limit",
        defaultValue = "50",
        description = "how many at most, 1 to 500 (default: ${DEFAULT-VALUE})")
    private int limit = 50;

    @Override
    public Integer call() {
      JsonNode page =
          Api.fromEnvironment()
              .get(
                  "sessions?sort=-openedAt&limit="
                      + limit
                      + (state == null ? "" : "&state=" + Api.quote(state)));
      if (output.structured()) {
        output.print(page);
        return 0;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode item : page.path("items")) {
        rows.add(
            List.of(
                item.path("id").asText(),
                item.path("state").asText(),
                item.path("principal").asText(),
                item.path("target").asText(),
                item.path("openedAt").asText(),
                item.path("operations").asText(),
                item.path("held").asText(),
                item.path("blocked").asText()));
      }
      Output.table(
          List.of("ID", "STATE", "WHO", "TARGET", "OPENED", "OPERATIONS", "HELD", "BLOCKED"), rows);
      return 0;
    }
  }

  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description =
          "Plays a session: each statement at its time with its decision and the rows as the caller"
              + " saw them. Into a pipe it does not wait.")
  static final class Replay implements Callable<Integer> {
    private static final long LONGEST_PAUSE_MICROS = 3_000_000;

    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "the session")
    private String id = "";

    @Option(
        names = "--speed",
        defaultValue = "1",
        description = "times faster than it happened (default: ${DEFAULT-VALUE}); 0 does not wait")
    private double speed = 1;

    @Option(names = "--purpose", description = "why you open it, where your power asks for one")
    private @Nullable String purpose;

    @Override
    public Integer call() throws InterruptedException {
      Api api = Api.fromEnvironment();
      boolean waits = speed > 0 && System.console() != null && System.console().isTerminal();
      String cursor = "";
      long clock = 0;
      do {
        JsonNode page = api.get(path(cursor));
        if (output.structured()) {
          page.path("items").forEach(output::printNext);
        } else {
          for (JsonNode item : page.path("items")) {
            if (waits) {
              long pause = Math.min(item.path("micros").asLong() - clock, LONGEST_PAUSE_MICROS);
              Thread.sleep(Math.max(0, (long) (pause / 1000 / speed)));
            }
            clock = item.path("micros").asLong();
            play(item);
          }
        }
        cursor = page.path("next").asText("");
      } while (!cursor.isEmpty() && !cursor.equals("null"));
      return 0;
    }

    private String path(String cursor) {
      return "sessions/"
          + Api.quote(id)
          + "/timeline?limit=100"
          + (purpose == null ? "" : "&purpose=" + Api.quote(purpose))
          + (cursor.isEmpty() ? "" : "&cursor=" + Api.quote(cursor));
    }

    private static void play(JsonNode item) {
      long micros = item.path("micros").asLong();
      Output.OUT.printf(
          "%n[%d:%02d.%03d] %s%n",
          micros / 60_000_000,
          micros / 1_000_000 % 60,
          micros / 1000 % 1000,
          Output.harmless(item.path("text").asText()));
      for (JsonNode notice : item.path("notices")) {
        Output.OUT.println(Output.harmless(notice.asText()));
      }
      JsonNode columns = item.path("columns");
      if (!columns.isEmpty()) {
        rows(columns, item.path("rows"));
        if (item.path("truncated").asBoolean()) {
          Output.OUT.println(
              "(" + item.path("rows").size() + " of " + item.path("rowCount").asText() + " rows)");
        }
      }
      JsonNode error = item.path("error");
      if (error.hasNonNull("message")) {
        Output.OUT.println(
            error.path("severity").asText("ERROR")
                + "  "
                + error.path("code").asText()
                + ": "
                + Output.harmless(error.path("message").asText()));
      }
      String tag = item.path("tag").asText("");
      if (!tag.isEmpty() && !tag.equals("null")) {
        Output.OUT.println(Output.harmless(tag));
      }
    }

    private static void rows(JsonNode columns, JsonNode rows) {
      List<String> header = new ArrayList<>();
      columns.forEach(column -> header.add(Output.brief(column.path("name").asText(), 40)));
      List<List<String>> cells = new ArrayList<>();
      for (JsonNode row : rows) {
        List<String> line = new ArrayList<>();
        for (int i = 0; i < header.size(); i++) {
          JsonNode cell = row.path(i);
          line.add(cell.isNull() ? "(null)" : Output.brief(cell.asText(), 60));
        }
        cells.add(line);
      }
      Output.table(header, cells);
    }
  }
}
