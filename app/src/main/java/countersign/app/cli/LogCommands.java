package countersign.app.cli;

import countersign.app.start.DataDirectory;
import countersign.app.start.Failure;
import countersign.app.start.StoreAtRest;
import countersign.log.Fsck;
import countersign.log.SigningKey;
import countersign.log.Verification;
import countersign.verifier.Malformed;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.witness.Witness;
import countersign.witness.WitnessServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What keeps the log honest: a witness, and verifying what is stored. */
final class LogCommands {
  private LogCommands() {}

  @Command(
      name = "witness",
      mixinStandardHelpOptions = true,
      description =
          "Runs a witness: remembers the largest tree of a log that it saw, and cosigns only what"
              + " continues it. Run it where whoever operates the log has no power.")
  static final class RunWitness implements Callable<Integer> {
    @Option(names = "--listen", paramLabel = "PORT", required = true, description = "TCP port")
    private int port;

    @Option(
        names = "--bind",
        paramLabel = "ADDRESS",
        defaultValue = "127.0.0.1",
        description = "address to listen on (default: ${DEFAULT-VALUE})")
    private String bind = "127.0.0.1";

    @Option(
        names = "--state",
        paramLabel = "DIR",
        required = true,
        description = "what it remembers; never restore it from a backup")
    private Path state = Path.of("");

    @Option(
        names = "--log-vkey",
        paramLabel = "VKEY",
        required = true,
        description = "key of the log, as it stands in its data directory in log/vkey")
    private String logKey = "";

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "its own Ed25519 key in PEM (default: witness.pem in DIR, made once)")
    private @Nullable Path key;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "name of its key (default: witness. and the name of this host)")
    private @Nullable String name;

    @Override
    public Integer call() throws IOException, InterruptedException {
      VerifierKey log = parse(logKey);
      if (log.type() != VerifierKey.Type.NOTE) {
        throw new Api.Failed("--log-vkey: the key of a witness (expected: the key of a log)");
      }
      try (DataDirectory directory = DataDirectory.take(state);
          WitnessServer server =
              WitnessServer.start(
                  new Witness(log, signer(directory), directory.path(), InstantSource.system()),
                  new InetSocketAddress(InetAddress.getByName(bind), port))) {
        System.err.println(
            "countersign: witness of " + log.name() + " listens on " + bind + ":" + server.port());
        Output.OUT.println(server.vkey());
        new CountDownLatch(1).await();
        return 0;
      } catch (Failure e) {
        throw new Api.Failed(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        throw new Api.Failed("witness: " + e.getMessage());
      }
    }

    private Signer signer(DataDirectory directory) throws IOException {
      Path file = key == null ? directory.path().resolve("witness.pem") : key;
      String own = name == null ? "witness." + InetAddress.getLocalHost().getHostName() : name;
      byte[] seed = SigningKey.of(file);
      try {
        return Signer.of(own, VerifierKey.Type.COSIGNATURE, seed);
      } finally {
        Arrays.fill(seed, (byte) 0);
      }
    }
  }

  @Command(
      name = "fsck",
      mixinStandardHelpOptions = true,
      description =
          "Verifies every stored event against the log's signed checkpoint, also while the gateway"
              + " runs. 0: all of them are what was signed; 1: names the first that is not.")
  static final class RunFsck implements Callable<Integer> {
    @Mixin private StoreOptions where = new StoreOptions();

    @Option(
        names = "--since",
        paramLabel = "FILE",
        description =
            "an older checkpoint that you kept, or a witness's: finds a history made anew")
    private @Nullable Path since;

    @Option(
        names = "--log-vkey",
        paramLabel = "VKEY",
        description = "the log's key as you know it (default: the one in the data directory)")
    private @Nullable String logKey;

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
      try (StoreAtRest store = StoreAtRest.open(where.data(), where.config())) {
        String known = logKey;
        Fsck.Outcome outcome =
            Fsck.run(
                store.settings(),
                where.data().resolve("log"),
                since == null ? null : Files.readString(since),
                known == null ? null : parse(known),
                RunFsck::progress);
        if (System.console() != null && System.console().isTerminal()) {
          System.err.print("\r\u001b[K");
        }
        return told(outcome);
      } catch (Failure | IOException e) {
        throw new Api.Failed("fsck: " + e.getMessage());
      } catch (SQLException e) {
        throw new Api.Failed("fsck: the store does not answer: " + e.getMessage());
      }
    }

    private int told(Fsck.Outcome outcome) {
      Verification.Finding finding = outcome.finding();
      if (output.structured()) {
        var node = Api.JSON.createObjectNode();
        node.put("ok", finding == null);
        node.put("signed", outcome.size());
        node.put("verified", outcome.verified());
        node.put("beyond", outcome.beyond());
        if (finding != null) {
          node.put("kind", finding.kind().name());
          node.put("position", finding.position());
          node.put("words", finding.words());
        }
        output.print(node);
      } else if (finding == null) {
        Output.OUT.println(
            "ok: %d events are what the checkpoint of size %d says; %d newer ones are whole"
                .formatted(outcome.verified(), outcome.size(), outcome.beyond()));
      } else {
        Output.OUT.println(
            "BAD: %s%s: %s"
                .formatted(
                    finding.position() < 0 ? "" : "position " + finding.position() + ": ",
                    finding.kind(),
                    Output.harmless(finding.words())));
      }
      return finding == null ? 0 : 1;
    }

    private static void progress(long verified) {
      if (System.console() != null && System.console().isTerminal()) {
        System.err.print("\r" + verified + " events verified");
      }
    }
  }

  private static VerifierKey parse(String vkey) {
    try {
      return VerifierKey.parse(vkey.strip());
    } catch (Malformed e) {
      throw new Api.Failed("--log-vkey: " + e.getMessage());
    }
  }
}
