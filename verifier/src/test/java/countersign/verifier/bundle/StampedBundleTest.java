package countersign.verifier.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.bundle.Report.Aspect;
import countersign.verifier.bundle.Report.Outcome;
import countersign.verifier.note.Note;
import countersign.verifier.timestamp.Certificates;
import countersign.verifier.timestamp.OpensslAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles whose checkpoint openssl's authority stamped. */
class StampedBundleTest {
  private static final String EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
  private final MadeBundles made = new MadeBundles();
  @TempDir private Path directory;
  private OpensslAuthority authority;
  private byte[] response;
  private Path bundle;

  @BeforeEach
  void stamped() throws Exception {
    authority = OpensslAuthority.make(directory.resolve("tsa"), EC, "sha256");
    Note checkpoint = made.log.checkpoint();
    response = authority.stamp(checkpoint.toString().getBytes(UTF_8), "-cert");
    bundle = bundle("stamped.zip", response, authority.pem("tsa.pem"));
  }

  @Test
  void saysTheTimeAndProvesItToWhoKnowsTheRoot() throws Exception {
    Report claimed = verified(bundle);
    assertThat(claimed.exitCode()).as(claimed.text()).isZero();
    assertThat(claimed.of(Aspect.TIME)).isEqualTo(Outcome.CLAIMED);
    assertThat(claimed.text()).contains("stamped by CN=tsa, whom only the bundle vouches for");

    Report proven = verified(bundle, authority.pem("root.pem"));
    assertThat(proven.exitCode()).as(proven.text()).isZero();
    assertThat(proven.findings())
        .anyMatch(f -> f.outcome() == Outcome.PROVEN && f.text().contains("stamped by CN=tsa"));
    String other = OpensslAuthority.make(directory.resolve("other"), EC, "sha256").pem("root.pem");
    assertThat(verified(bundle, other).exitCode()).isEqualTo(3);

    Path without = made.range(directory);
    assertThat(verified(without).text()).contains("not stamped");
    assertThat(verified(without, other).exitCode()).isEqualTo(2);
  }

  @Test
  void anythingElseThanTheStampOfThisCheckpointIsTampering() throws Exception {
    byte[] elsewhere = authority.stamp(made.kept.toString().getBytes(UTF_8), "-cert");
    Rezip other = Rezip.of(bundle);
    other.files.put("log/checkpoint.tsr", elsewhere);
    assertThat(verified(other.pack(directory.resolve("plain.zip"))).exitCode()).isEqualTo(1);
    // Whoever has the log's key can sign the manifest again, but cannot stamp.
    other.listAnew();
    other.sign(MadeLog.KEY);
    assertThat(verified(other.pack(directory.resolve("owner.zip"))).text())
        .contains("over something else than log/checkpoint")
        .contains("exit code 1");

    Rezip forged = Rezip.of(bundle);
    byte[] changed = response.clone();
    changed[changed.length - 1] ^= 1;
    forged.files.put("log/checkpoint.tsr", changed);
    forged.listAnew();
    forged.sign(MadeLog.KEY);
    assertThat(verified(forged.pack(directory.resolve("forged.zip"))).text())
        .contains("its signature is not that of CN=tsa")
        .contains("exit code 1");

    assertThatThrownBy(() -> bundle("never.zip", elsewhere, authority.pem("tsa.pem")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not over the checkpoint");
  }

  @Test
  void aCertificateThatIsNotForTimeStampingDoesNot() throws Exception {
    authority.certify("other");
    Rezip forged = Rezip.of(bundle);
    forged.text("log/tsa-chain.pem", authority.pem("tsa.pem"));
    forged.listAnew();
    forged.sign(MadeLog.KEY);
    // The one that came with the stamp is still the one that it names.
    assertThat(verified(forged.pack(directory.resolve("x.zip"))).exitCode()).isZero();
  }

  @Test
  void theLinesOfItsReadingWorkAsTheyStand() throws Exception {
    Path unpacked = Files.createDirectories(directory.resolve("unpacked"));
    Rezip files = Rezip.of(bundle);
    for (String name : files.files.keySet()) {
      Files.createDirectories(unpacked.resolve(name).getParent());
      Files.write(unpacked.resolve(name), files.files.get(name));
    }
    String pkeyutl = block(files.text("VERIFY.md"), "openssl pkeyutl");
    String ts = block(files.text("VERIFY.md"), "openssl ts");
    assertThat(run(unpacked, pkeyutl)).contains("Signature Verified Successfully");
    assertThat(run(unpacked, ts)).contains("Verification: OK");
    Path root = directory.resolve("tsa/root.pem");
    assertThat(run(unpacked, "TSA_ROOT=" + root + "\n" + ts)).contains("Verification: OK");
    Path other = directory.resolve("second");
    OpensslAuthority.make(other, EC, "sha256");
    assertThat(run(unpacked, "TSA_ROOT=" + other.resolve("root.pem") + "\n" + ts))
        .contains("Verification: FAILED");
    Files.writeString(
        unpacked.resolve("log/checkpoint"), "\n", java.nio.file.StandardOpenOption.APPEND);
    assertThat(run(unpacked, ts)).contains("Verification: FAILED");
  }

  private static String block(String reading, String with) {
    Matcher blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(reading);
    while (blocks.find()) {
      if (blocks.group(1).contains(with)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("no block with " + with);
  }

  private static String run(Path directory, String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private Path bundle(String name, byte[] stamp, String chain) throws IOException {
    BundleLog log = made.log.at(made.log.checkpoint(), List.of(made.kept));
    return made.write(
        directory.resolve(name),
        MadeBundles.range(0, made.log.size()),
        event -> true,
        MadeLog.Made::disclosed,
        new BundleLog(
            log.key(),
            log.checkpoint(),
            log.tiles(),
            log.earlier(),
            log.policy(),
            Optional.of(new BundleLog.Timestamp(stamp, chain)),
            log.statement()));
  }

  private static Report verified(Path bundle, String... roots) throws Exception {
    return Verification.of(
        bundle,
        new Trust(
            Optional.empty(),
            Optional.empty(),
            roots.length == 0 ? List.of() : Certificates.pem(roots[0].getBytes(UTF_8))),
        Progress.NONE);
  }
}
