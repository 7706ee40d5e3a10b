package countersign.verifier.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are not ours check our bundles: Go's sumdb packages and openssl. */
class ForeignVerifiersTest {
  private static final String GO_SOURCES = "/usr/share/gocode";

  /**
   * What the Go program does not look at: what is sealed, sums, signatures of the manifest, zips.
   */
  private static final Set<String> UNSEEN =
      Set.of(
          "byte-before",
          "central-attributes-link",
          "cosignature-forged",
          "counts-changed",
          "cut-MANIFEST.dsse.json",
          "encrypted-flag",
          "erasure-elsewhere",
          "erasure-not-asked-for",
          "erasure-not-there",
          "erasure-of-before",
          "flipped-MANIFEST.dsse.json",
          "flipped-MANIFEST.json",
          "format-changed",
          "local-crc",
          "local-name",
          "local-time",
          "not-canonical",
          "owner-both-doubled",
          "owner-both-swapped",
          "owner-clear-changed",
          "owner-counts-lied",
          "owner-counts-lied-twice",
          "owner-fewer-leaves-said",
          "owner-first-dropped",
          "owner-key-absent",
          "owner-key-of-another",
          "owner-last-dropped",
          "owner-middle-dropped",
          "owner-more-said",
          "owner-other-checkpoint-said",
          "owner-proof-empty",
          "owner-proof-forged",
          "owner-proof-of-neighbour",
          "owner-proof-of-size-zero",
          "owner-range-backwards",
          "owner-range-widened",
          "owner-sealed-flipped",
          "owner-session-end-dropped",
          "owner-session-middle-dropped",
          "owner-session-start-dropped",
          "owner-tile-beyond",
          "owner-recording-absent",
          "owner-recording-changed",
          "owner-recording-index-changed",
          "owner-recording-of-nobody",
          "owner-withheld-lied",
          "relisted-duty",
          "relisted-one-more",
          "scope-changed",
          "signed-by-other",
          "stored-method",
          "trailing-byte",
          "two-zips");

  @Test
  void goAgreesOnEverythingThatItSees(@TempDir Path directory) throws Exception {
    assumeTrue(there("go") && Files.isDirectory(Path.of(GO_SOURCES, "src/golang.org/x/mod")));
    Path program = directory.resolve("goverify");
    ProcessBuilder build =
        new ProcessBuilder("go", "build", "-o", program.toString(), "src/test/go/verify.go");
    build.environment().put("GO111MODULE", "off");
    build.environment().put("GOPATH", directory.resolve("go") + ":" + GO_SOURCES);
    build.environment().put("GOCACHE", directory.resolve("cache").toString());
    assertThat(run(build, directory)).isEqualTo(0);
    List<Mutations.Case> cases =
        Mutations.all(Files.createDirectories(directory.resolve("bundles"))).stream()
            .filter(one -> one.policy().isEmpty() && one.since().isEmpty())
            .filter(one -> !one.name().equals("bomb"))
            .toList();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    cases.forEach(one -> command.add(one.file().toString()));
    run(new ProcessBuilder(command), directory);
    List<String> answers = Files.readAllLines(directory.resolve("out"));
    assertThat(answers).hasSameSizeAs(cases);
    Set<String> accepted = new HashSet<>();
    for (int i = 0; i < cases.size(); i++) {
      if (answers.get(i).contains("\tgood\t")) {
        accepted.add(cases.get(i).name());
      }
    }
    Set<String> expected = new HashSet<>(UNSEEN);
    expected.retainAll(cases.stream().map(Mutations.Case::name).toList());
    expected.addAll(List.of("range", "sessions", "erased"));
    assertThat(accepted).isEqualTo(expected);
  }

  @Test
  void opensslVerifiesTheCheckpoint(@TempDir Path directory) throws Exception {
    assumeTrue(there("openssl"));
    MadeBundles made = new MadeBundles();
    Rezip bundle = Rezip.of(made.range(directory));
    String note = bundle.text("log/checkpoint");
    Files.writeString(directory.resolve("log.pem"), bundle.text("log/log.pem"));
    Files.writeString(directory.resolve("body"), note.substring(0, note.indexOf("\n\n") + 1));
    String line = note.lines().filter(l -> l.startsWith("— ")).findFirst().orElseThrow();
    byte[] signature = Base64.getDecoder().decode(line.split(" ")[2]);
    Files.write(directory.resolve("sig"), Arrays.copyOfRange(signature, 4, signature.length));
    String[] verify = {
      "openssl",
      "pkeyutl",
      "-verify",
      "-pubin",
      "-inkey",
      "log.pem",
      "-rawin",
      "-in",
      "body",
      "-sigfile",
      "sig"
    };
    assertThat(run(new ProcessBuilder(verify), directory)).isEqualTo(0);
    Files.writeString(directory.resolve("body"), "other\n");
    assertThat(run(new ProcessBuilder(verify), directory)).isNotEqualTo(0);
  }

  private static boolean there(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(at -> Files.isExecutable(Path.of(at, program)));
  }

  private static int run(ProcessBuilder builder, Path directory) throws Exception {
    boolean build = builder.command().contains("build");
    Process process =
        builder
            .directory(build ? null : directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(builder.command().getFirst() + " does not end");
    }
    return process.exitValue();
  }
}
