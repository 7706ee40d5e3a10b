package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.app.endtoend.Program.Ran;
import countersign.verifier.bundle.Progress;
import countersign.verifier.bundle.Report;
import countersign.verifier.bundle.Trust;
import countersign.verifier.bundle.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A session with reads and an approved delete, exported from the command line and verified. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EvidenceIT {
  private static final String CANARY = "canary-4f1d";
  private static TimeAuthority authority;
  private static RunningDemo demo;
  private static String session;
  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    authority = TimeAuthority.open();
    demo = RunningDemo.start(Map.of("COUNTERSIGN_TSA_URL", authority.url()));
    try (Psql psql =
        Psql.open(demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
      psql.type("select '" + CANARY + "', count(*) from payments;");
      psql.await(CANARY);
      psql.type("delete from payments where id = 11;");
      psql.await("countersign: held apr-");
      JsonNode approval = demo.as("bob").awaitPending("payments where id = 11;");
      session = approval.path("session").asText();
      demo.as("bob").post("approvals/" + approval.path("id").asText() + ":approve", "{}");
      psql.await("DELETE 1");
    }
    Pause.until(
        "the session is closed",
        Duration.ofSeconds(10),
        () -> demo.as("dana").get("sessions/" + session).path("state").asText().equals("closed"));
  }

  @AfterAll
  static void stop() {
    demo.close();
    authority.close();
  }

  /** The command as an auditor types it. */
  private static Ran export(String who, String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of("export", "evidence"));
    line.addAll(List.of(options));
    return Program.as(demo, who, line.toArray(String[]::new));
  }

  private static Report verified(Path bundle) throws IOException {
    return Verification.of(bundle, new Trust(Optional.empty(), Optional.empty()), Progress.NONE);
  }

  private static String everything(Path bundle) throws IOException {
    StringBuilder all = new StringBuilder();
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        all.append(
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  /** The bundle with the last line of a file left out. */
  private Path without(Path bundle, String name) throws IOException {
    return changed(
        bundle,
        name,
        bytes -> {
          String text = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
          return text.substring(0, text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.UTF_8);
        });
  }

  private Path changed(Path bundle, String name, UnaryOperator<byte[]> change) throws IOException {
    Path other = directory.resolve("other.zip");
    try (ZipFile zip = new ZipFile(bundle.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(other))) {
      for (ZipEntry entry : zip.stream().toList()) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(entry.getName().equals(name) ? change.apply(bytes) : bytes);
      }
    }
    return other;
  }

  @Test
  void wiresharkReadsTheSessionFromTheApiAndFromTheBundle() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/tshark")), "not run: needs Debian's tshark");
    Path bundle = directory.resolve("capture.zip");
    assertThat(
            export("dana", "--session", session, "--disclose", "--out", bundle.toString()).exit())
        .isZero();
    Path packed = directory.resolve("packed.pcapng");
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      Files.write(
          packed,
          zip.getInputStream(zip.getEntry("replay/" + session + "/wire.pcapng")).readAllBytes());
    }
    Path given = directory.resolve("given.pcapng");
    try (InputStream in = demo.as("frank").bytes("sessions/" + session + "/export?format=pcapng")) {
      Files.copy(in, given);
    }
    for (Path capture : List.of(packed, given)) {
      String queries = tshark(capture, "-T", "fields", "-e", "pgsql.query", "-e", "frame.comment");
      assertThat(queries)
          .contains("delete from payments where id = 11;")
          .containsPattern("event \\d+: ");
      assertThat(tshark(capture, "-Y", "tcp.analysis.flags || _ws.malformed")).isEmpty();
      for (String direction : List.of("in", "out")) {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        try (InputStream bytes =
            demo.as("frank").bytes("sessions/" + session + "/recording?direction=" + direction)) {
          bytes.transferTo(recorded);
        }
        assertThat(followed(capture, direction)).isEqualTo(recorded.toByteArray());
      }
    }
  }

  /** The bytes of one direction as Wireshark puts them together. */
  private byte[] followed(Path capture, String direction) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tshark(capture, "-q", "-z", "follow,tcp,raw,0")
        .lines()
        .filter(line -> line.matches((direction.equals("out") ? "\t" : "") + "([0-9a-f]{2})+"))
        .forEach(line -> bytes.writeBytes(HexFormat.of().parseHex(line.strip())));
    return bytes.toByteArray();
  }

  private String tshark(Path capture, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("tshark", "-r", capture.toString()));
    line.addAll(List.of(arguments));
    Ran ran = Program.run(directory, Map.of("LC_ALL", "C.UTF-8"), line);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  /** What {@code VERIFY.md} says, pasted into a shell, and the same bundle by our own verifier. */
  @Test
  void theLinesOfItsReadingWorkAsTheyStandAndTheStampSaysWhen() throws Exception {
    Path bundle = directory.resolve("BUNDLE.zip");
    assertThat(export("dana", "--session", session, "--out", bundle.toString()).exit()).isZero();

    Ran pasted =
        Program.run(
            directory, Map.of(), List.of("sh", "-e", "-c", String.join("\n", shell(bundle))));
    assertThat(pasted.exit()).as(pasted.out() + pasted.err()).isZero();
    assertThat(pasted.out() + pasted.err())
        .contains("OK\n", "Signature Verified Successfully", "Verification: OK");

    Ran ours =
        Program.offline("verify", bundle.toString(), "--tsa-root", authority.root().toString());
    assertThat(ours.exit()).as(ours.out()).isZero();
    assertThat(ours.out()).contains("stamped by CN=tsa, whom your root vouches for");
    Path forged =
        changed(
            bundle,
            "log/checkpoint.tsr",
            bytes -> {
              bytes[bytes.length - 1] ^= 1;
              return bytes;
            });
    assertThat(Program.offline("verify", forged.toString()).exit()).isEqualTo(1);
  }

  /** The blocks of the reading, but for the one that calls our own verifier. */
  private static List<String> shell(Path bundle) throws IOException {
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      String reading =
          new String(
              zip.getInputStream(zip.getEntry("VERIFY.md")).readAllBytes(), StandardCharsets.UTF_8);
      return Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
          .matcher(reading)
          .results()
          .map(block -> block.group(1))
          .filter(block -> !block.contains("countersign verify"))
          .toList();
    }
  }

  @Test
  void goVerifiesTheSameBundle() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/go"))
            && Files.isDirectory(Path.of("/usr/share/gocode/src/golang.org/x/mod")),
        "not run: needs Debian's golang-go and golang-golang-x-mod-dev");
    Path bundle = directory.resolve("go.zip");
    assertThat(export("dana", "--last", "1h", "--out", bundle.toString()).exit()).isZero();
    Ran ran =
        Program.run(
            directory,
            Map.of(
                "GO111MODULE",
                "off",
                "GOPATH",
                directory.resolve("go") + ":/usr/share/gocode",
                "GOCACHE",
                directory.resolve("cache").toString()),
            List.of(
                "go",
                "run",
                Path.of("..", "verifier", "src", "test", "go", "verify.go")
                    .toAbsolutePath()
                    .normalize()
                    .toString(),
                bundle.toString()));
    assertThat(ran.out()).as(ran.err()).contains("\tgood\t");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void withoutAnAnswerOfTheAuthorityItIsMadeAllTheSameAndSaysSo() throws Exception {
    authority.close();
    Path bundle = directory.resolve("unstamped.zip");
    assertThat(export("dana", "--last", "1h", "--out", bundle.toString()).exit()).isZero();
    Ran ours = Program.offline("verify", bundle.toString());
    assertThat(ours.exit()).as(ours.out()).isZero();
    assertThat(ours.out()).contains("not stamped");
    assertThat(shell(bundle)).noneMatch(block -> block.contains("openssl ts"));
  }

  @Test
  void metadataAloneVerifiesAndHoldsNoWordOfWhatWasTyped() throws Exception {
    Path bundle = directory.resolve("metadata.zip");

    Ran ran = export("dana", "--session", session, "--out", bundle.toString());

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("metadata only").doesNotContain("\r");
    Report report = verified(bundle);
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(report.text()).contains("1 sessions are whole");
    assertThat(everything(bundle)).doesNotContain(CANARY).doesNotContain("payments where id");
  }

  @Test
  void contentVerifiesByteForByteAndEachStepIsAnEvent() throws Exception {
    Path bundle = directory.resolve("content.zip");

    Ran ran =
        export(
            "dana",
            "--session",
            session,
            "--disclose",
            "--purpose",
            "incident 42",
            "--out",
            bundle.toString());

    assertThat(ran.exit()).as(ran.err()).isZero();
    Report report = verified(bundle);
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(report.text()).contains("recordings are byte for byte");
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      byte[] out =
          zip.getInputStream(zip.getEntry("replay/" + session + "/out.bin")).readAllBytes();
      ByteArrayOutputStream seen = new ByteArrayOutputStream();
      demo.as("dana")
          .bytes("sessions/" + session + "/recording?direction=out&purpose=check")
          .transferTo(seen);
      assertThat(out).isEqualTo(seen.toByteArray());
      assertThat(zip.getEntry("duties/duties.json")).isNotNull();
    }
    JsonNode job = demo.as("dana").get("evidence").path("items").get(0);
    assertThat(job.path("purpose").asText()).isEqualTo("incident 42");
    assertThat(ran.out()).startsWith(job.path("sha256").asText());
    // The log itself says so: a bundle of the last hour holds the events of the one before.
    Path later = directory.resolve("later.zip");
    assertThat(export("dana", "--last", "1h", "--out", later.toString()).exit()).isZero();
    assertThat(verified(later).exitCode()).isZero();
    assertThat(everything(later))
        .contains("EvidenceExported")
        .contains("EvidenceDownloaded")
        .contains("ContentOpened")
        .contains(job.path("sha256").asText())
        .doesNotContain(CANARY);
  }

  @Test
  void aRowLeftOutIsFound() throws Exception {
    Path bundle = directory.resolve("whole.zip");
    assertThat(
            export("dana", "--who", "agent-ada", "--target", "orders", "--out", bundle.toString())
                .exit())
        .isZero();

    assertThat(verified(without(bundle, "events/leaves.jsonl")).exitCode()).isIn(1, 2);
    assertThat(verified(without(bundle, "events/disclosed.jsonl")).exitCode()).isIn(1, 2);
  }

  @Test
  void isForAuditorsOnlyAndSaysSo() throws Exception {
    Path bundle = directory.resolve("none.zip");
    for (String who : List.of("frank", "alice")) {
      Ran ran = export(who, "--session", session, "--out", bundle.toString());
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.err()).contains("power audit");
    }
    assertThat(bundle).doesNotExist();
    Ran none = export("dana", "--who", "nobody", "--out", bundle.toString());
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.err()).contains("nothing in the log matches");
  }
}
