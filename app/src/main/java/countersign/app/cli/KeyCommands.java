package countersign.app.cli;

import countersign.app.start.MasterKeyChange;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keys and credentials. */
final class KeyCommands {
  private KeyCommands() {}

  @Command(
      name = "secret",
      description = "Sets sealed credentials, which the configuration names as ${secret:NAME}.",
      mixinStandardHelpOptions = true,
      subcommands = Set.class)
  static final class Secret implements Runnable {
    @Override
    public void run() {
      throw new Api.Failed("secret: (expected: countersign secret set NAME)");
    }
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description =
          "Reads a credential from standard input and sets it. Nothing ever shows it again; one line"
              + " break at its end is not part of it.")
  static final class Set implements Callable<Integer> {
    private static final int MOST = 64 << 10;

    @Parameters(paramLabel = "NAME", description = "letters, digits, '.', '_' and '-'")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      byte[] value = read();
      try {
        Api.fromEnvironment().put("secrets/" + Api.quote(name), value);
      } finally {
        Arrays.fill(value, (byte) 0);
      }
      System.err.println("countersign: secret " + Output.harmless(name) + " is set");
      return 0;
    }

    private byte[] read() throws IOException {
      Console console = System.console();
      if (console != null && console.isTerminal()) {
        char[] typed = console.readPassword("%s: ", name);
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        Arrays.fill(typed, '\0');
        return Arrays.copyOf(bytes.array(), bytes.limit());
      }
      byte[] all = System.in.readNBytes(MOST + 2);
      int end = all.length;
      if (end > 0 && all[end - 1] == '\n') {
        end -= end > 1 && all[end - 2] == '\r' ? 2 : 1;
      }
      if (end == 0 || end > MOST) {
        throw new Api.Failed("secret: " + end + " bytes on standard input (expected: 1 to 65536)");
      }
      return Arrays.copyOf(all, end);
    }
  }

  @Command(
      name = "rotate-master",
      mixinStandardHelpOptions = true,
      description =
          "Changes the master key of a stopped Countersign: wraps the root key and the epoch's key"
              + " anew. No event changes.")
  static final class RotateMaster implements Callable<Integer> {
    @Mixin private StoreOptions where = new StoreOptions();

    @Option(
        names = "--to",
        paramLabel = "REFERENCE",
        description =
            "the master key from now on, such as $${vault:transit/keys/NAME}; without it a fresh one"
                + " in DIR, or the newest version of Vault's key")
    private String to = "";

    @Override
    public Integer call() throws IOException {
      System.err.println("countersign: " + MasterKeyChange.run(where.data(), where.config(), to));
      return 0;
    }
  }
}
