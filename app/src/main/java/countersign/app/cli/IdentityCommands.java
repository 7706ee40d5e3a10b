package countersign.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who am I, and what proves it. */
final class IdentityCommands {
  private IdentityCommands() {}

  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = "Prints a bearer token of a demo person, valid for 15 minutes.")
  static final class Token implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(names = "--as", paramLabel = "NAME", description = "the person or agent, such as bob")
    private @Nullable String as;

    @Option(
        names = "--for",
        paramLabel = "CHILD",
        description = "a narrower child token: release 0.4")
    private @Nullable String child;

    @Override
    public Integer call() {
      if (child != null) {
        throw new Api.Failed("--for: " + child + " (child tokens come with release 0.4)");
      }
      if (as == null) {
        throw new Api.Failed(
            "token: no --as NAME (the demo's people: agent-ada, agent-bot, alice, bob, carol, dana,"
                + " erin, frank; sign-in at your own provider comes with release 0.4)");
      }
      String token =
          new Api(Api.base(), null).text("POST", "/demo/token?as=" + Api.quote(as)).strip();
      if (output.structured()) {
        output.print(Api.JSON.createObjectNode().put("token", token));
      } else {
        Output.OUT.println(token);
      }
      return 0;
    }
  }

  @Command(
      name = "ca",
      mixinStandardHelpOptions = true,
      description = "Prints the path of the edge's CA certificate, for sslrootcert.")
  static final class Ca implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      URI base = Api.base();
      String pem = new Api(base, null).text("GET", "/ca.pem");
      if (!pem.startsWith("-----BEGIN CERTIFICATE-----")) {
        throw new Api.Failed(base + "/ca.pem: not a certificate");
      }
      Path folder = Path.of(System.getProperty("user.home"), ".countersign", "ca");
      Path file = folder.resolve(base.getHost() + "-" + base.getPort() + ".pem");
      try {
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, "ca", ".new");
        Files.writeString(fresh, pem);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new Api.Failed(file + ": cannot be written: " + e.getMessage());
      }
      if (output.structured()) {
        output.print(Api.JSON.createObjectNode().put("path", file.toString()));
      } else {
        Output.OUT.println(file);
      }
      return 0;
    }
  }

  @Command(
      name = "whoami",
      mixinStandardHelpOptions = true,
      description = "Shows who the token says you are, with chain, groups and powers.")
  static final class Whoami implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode who = Api.fromEnvironment().get("whoami");
      if (output.structured()) {
        output.print(who);
        return 0;
      }
      Output.OUT.println(who.path("name").asText() + " (" + who.path("kind").asText() + ")");
      line("chain", who.path("chain"), " → ");
      line("groups", who.path("groups"), ", ");
      line("powers", who.path("powers"), ", ");
      Output.OUT.println("expires: " + who.path("expires").asText());
      return 0;
    }

    private static void line(String name, JsonNode values, String separator) {
      List<String> words = new ArrayList<>();
      values.forEach(
          value -> words.add(value.isTextual() ? value.asText() : value.path("name").asText()));
      Output.OUT.println(name + ": " + (words.isEmpty() ? "none" : String.join(separator, words)));
    }
  }
}
