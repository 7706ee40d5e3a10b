package countersign.verifier.cli;

import countersign.verifier.Malformed;
import countersign.verifier.bundle.Progress;
import countersign.verifier.bundle.Report;
import countersign.verifier.bundle.Trust;
import countersign.verifier.bundle.Verification;
import countersign.verifier.note.Note;
import countersign.verifier.note.Policy;
import countersign.verifier.timestamp.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code verify BUNDLE [--policy FILE] [--since CHECKPOINT] [--tsa-root FILE] [-o json]}: data to
 * standard output, talk to standard error. Exit codes: 0 proven, 1 tampered, 2 incomplete, 3
 * untrusted key, 4 erased but proven; 64 for a wrong command line or policy, 74 for a file that
 * cannot be read.
 */
public final class Verify {
  /** Exit code for a wrong command line, or a policy or checkpoint that cannot be understood. */
  public static final int USAGE = 64;

  /** Exit code for a file that cannot be read. */
  public static final int UNREADABLE = 74;

  private static final String HELP =
      """
      Usage: countersign verify BUNDLE [--policy FILE] [--since CHECKPOINT] [--tsa-root FILE] [-o json]
      Checks an evidence bundle offline; never touches the network.
        --policy FILE       whom you trust: log key, witnesses, quorum (c2sp.org/tlog-policy).
                            Without it the key is only what the bundle itself says.
        --since CHECKPOINT  a checkpoint that you kept: the log must only have grown since
        --tsa-root FILE     roots (PEM) of time stamping authorities that you trust: the checkpoint
                            must be stamped by one of theirs
        -o json             the report for programs
      Exit code: 0 proven, 1 tampered, 2 incomplete, 3 untrusted key, 4 erased but proven,
                 64 wrong command line, 74 cannot be read
      """;

  private Verify() {}

  /** Runs the program of the jar. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Reads a command line and runs it; returns the exit code. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    @Nullable Path bundle = null;
    @Nullable Path policy = null;
    @Nullable Path since = null;
    @Nullable Path authorities = null;
    boolean json = false;
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      boolean more = i + 1 < args.length;
      if (arg.equals("--help") || arg.equals("-h")) {
        out.print(HELP);
        return 0;
      } else if (arg.equals("--policy") && more) {
        policy = Path.of(args[++i]);
      } else if (arg.equals("--since") && more) {
        since = Path.of(args[++i]);
      } else if (arg.equals("--tsa-root") && more) {
        authorities = Path.of(args[++i]);
      } else if (arg.equals("-o") && more && args[i + 1].matches("json|text")) {
        json = args[++i].equals("json");
      } else if (!arg.startsWith("-") && bundle == null) {
        bundle = Path.of(arg);
      } else {
        err.println(
            arg
                + ": (expected: verify BUNDLE [--policy FILE] [--since CHECKPOINT] [--tsa-root FILE]"
                + " [-o json])");
        return USAGE;
      }
    }
    if (bundle == null) {
      err.print(HELP);
      return USAGE;
    }
    return run(bundle, policy, since, authorities, json, out, err);
  }

  /** Checks a bundle and says what was found; returns the exit code. */
  public static int run(
      Path bundle,
      @Nullable Path policy,
      @Nullable Path since,
      @Nullable Path authorities,
      boolean json,
      PrintStream out,
      PrintStream err) {
    try {
      Trust trust = trust(policy, since, authorities);
      Report report = Verification.of(bundle, trust, progress(err));
      out.print(json ? report.json().canonical() + "\n" : report.text());
      return report.exitCode();
    } catch (Malformed e) {
      err.println(e.getMessage());
      return USAGE;
    } catch (NoSuchFileException e) {
      err.println(e.getFile() + ": not there (expected: a file)");
      return UNREADABLE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return UNREADABLE;
    }
  }

  private static Trust trust(
      @Nullable Path policy, @Nullable Path since, @Nullable Path authorities)
      throws IOException, Malformed {
    return new Trust(
        policy == null ? Optional.empty() : Optional.of(Policy.parse(small(policy))),
        since == null ? Optional.empty() : Optional.of(Note.parse(small(since))),
        authorities == null ? List.of() : Certificates.pem(small(authorities)));
  }

  private static byte[] small(Path file) throws IOException, Malformed {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Note.LONGEST + 1);
      if (bytes.length > Note.LONGEST) {
        throw new Malformed(file + ": longer than " + Note.LONGEST + " bytes");
      }
      return bytes;
    }
  }

  /** One line on a terminal, none into a pipe. */
  private static Progress progress(PrintStream err) {
    if (System.console() == null || !System.console().isTerminal()) {
      return Progress.NONE;
    }
    long[] next = {0};
    return (stage, done, of) -> {
      long now = System.nanoTime();
      if (now >= next[0]) {
        next[0] = now + 100_000_000L;
        err.printf("\r%-10s %3d %%\r", stage, of <= 0 ? 0 : done * 100 / of);
      }
    };
  }
}
