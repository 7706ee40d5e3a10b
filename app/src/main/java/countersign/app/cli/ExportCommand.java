package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code export}: what leaves Countersign on purpose. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Exports evidence.",
    subcommands = ExportCommand.Evidence.class)
final class ExportCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec known = spec;
    if (known != null) {
      throw new ParameterException(known.commandLine(), "export what? (expected: evidence)");
    }
  }

  /** What evidence is about: each option is the field of that name in the request. */
  static final class Filters {
    @Option(names = "--session", paramLabel = "ID", description = "one session")
    @Nullable String session;

    @Option(
        names = "--who",
        paramLabel = "NAME",
        description = "a principal, or the person behind one, anywhere in the chain")
    @Nullable String who;

    @Option(names = "--duty", paramLabel = "NAME", description = "where this duty decided")
    @Nullable String duty;

    @Option(names = "--target", paramLabel = "NAME", description = "sessions on this target")
    @Nullable String target;

    @Option(names = "--approval", paramLabel = "ID", description = "the session of this approval")
    @Nullable String approval;

    @Option(
        names = "--ticket",
        paramLabel = "WORD",
        description = "where a held operation's reason names it")
    @Nullable String ticket;

    @Option(names = "--last", paramLabel = "SPAN", description = "up to now: 90s, 45m, 1h, 30d")
    @Nullable String last;

    @Option(names = "--from", paramLabel = "TIME", description = "from this moment (RFC 3339)")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "up to this moment (RFC 3339)")
    @Nullable String to;
  }

  /** The auditor's bundle. */
  @Command(
      name = "evidence",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Makes an evidence bundle and downloads it. Check it with countersign verify.",
        "A time alone takes every event in it; anything else the whole sessions that match."
      })
  static final class Evidence implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 250;

    @Mixin private Output output = new Output();

    @Mixin Filters filters = new Filters();

    @Spec private @Nullable CommandSpec spec;

    @Option(
        names = "--disclose",
        description = "with content: what was typed and seen; otherwise metadata only")
    private boolean disclose;

    @Option(
        names = "--recipient",
        paramLabel = "age1…",
        description = "encrypt for this age key, whose owner alone can open the file")
    private @Nullable String recipient;

    @Option(
        names = "--purpose",
        paramLabel = "WORDS",
        defaultValue = "audit",
        description = "why it is needed, for the record (default: ${DEFAULT-VALUE})")
    private String purpose = "audit";

    @Option(
        names = "--out",
        paramLabel = "FILE",
        required = true,
        description = "the file to write")
    private Path out = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
      if (Files.isDirectory(out) || !Files.isDirectory(parent())) {
        throw new Api.Failed("--out: " + out + " (expected: a file in a directory that is there)");
      }
      Api api = Api.fromEnvironment();
      ProgressLine line = new ProgressLine();
      JsonNode job = api.post("evidence", asked());
      String path = "evidence/" + Api.quote(job.path("id").asText());
      while (making(job)) {
        line.show(
            job.path("state").asText().equals("waiting") ? "waiting" : job.path("stage").asText(),
            job.path("done").asLong(),
            job.path("total").asLong());
        Thread.sleep(PAUSE_MILLIS);
        job = api.get(path);
      }
      line.end();
      if (!job.path("state").asText().equals("ready")) {
        throw new Api.Failed("evidence: " + job.path("error").asText("not made"));
      }
      download(api, path, job, line);
      told(job);
      return 0;
    }

    private Path parent() {
      Path parent = out.toAbsolutePath().getParent();
      return parent == null ? out.toAbsolutePath() : parent;
    }

    private static boolean making(JsonNode job) {
      String state = job.path("state").asText();
      return state.equals("waiting") || state.equals("running");
    }

    private Map<String, Object> asked() {
      Map<String, Object> asked = new LinkedHashMap<>();
      CommandSpec mixed = Objects.requireNonNull(spec).mixins().get("filters");
      Objects.requireNonNull(mixed).options().stream()
          .filter(option -> option.getValue() != null)
          .forEach(option ->
              asked.put(option.longestName().substring("--".length()), option.getValue()));
      if (recipient != null) {
        asked.put("recipient", recipient);
      }
      asked.put("purpose", purpose);
      asked.put("disclose", disclose);
      return asked;
    }

    private void download(Api api, String path, JsonNode job, ProgressLine line) {
      try {
        String sha256 =
            api.download(
                path + "/bundle",
                out,
                done -> line.show("downloading", done, job.path("bytes").asLong()));
        line.end();
        if (!sha256.equals(job.path("sha256").asText())) {
          throw new Api.Failed(out + ": not the file that was made (its SHA-256 differs)");
        }
      } catch (IOException e) {
        throw new Api.Failed(out + ": cannot be written: " + e.getMessage());
      }
    }

    private void told(JsonNode job) {
      if (output.structured()) {
        output.print(job);
        return;
      }
      System.err.printf(
          "%s: %s events of %s sessions, %s%s%n",
          out,
          job.path("events").asText(),
          job.path("sessions").asText(),
          job.path("disclosed").asBoolean() ? "with content" : "metadata only",
          job.path("encrypted").asBoolean() ? ", encrypted" : "");
      if (job.path("notOpened").asLong() > 0) {
        System.err.println(
            job.path("notOpened").asText() + " events could not be opened: their key is lost");
      }
      Output.OUT.println(job.path("sha256").asText() + "  " + out);
    }
  }
}
