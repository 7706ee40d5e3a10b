package countersign.evidence.make;

import static countersign.evidence.make.Gatewayless.person;
import static countersign.evidence.make.Gatewayless.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.evidence.EvidenceEvent;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceJob.State;
import countersign.evidence.EvidenceRefused;
import countersign.evidence.EvidenceRequest;
import countersign.evidence.EvidenceScope;
import countersign.retention.ErasureId;
import countersign.retention.RetentionEvent;
import countersign.session.OversightEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.StoredEvent;
import countersign.verifier.bundle.Progress;
import countersign.verifier.bundle.Report;
import countersign.verifier.bundle.Trust;
import countersign.verifier.bundle.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bundles of a real store, checked by the verifier that an auditor has. */
@Timeout(120)
class BundlesTest {
  private static Gatewayless gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = new Gatewayless();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Report verified(Path file) throws Exception {
    return Verification.of(file, new Trust(Optional.empty(), Optional.empty()), Progress.NONE);
  }

  private static Map<String, String> unpacked(Path file) throws Exception {
    Map<String, String> files = new HashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        files.put(entry.getName(), new String(bytes, StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @Test
  void aSessionWithContentVerifiesAndItsMakingIsAnEventBeforeItCanBeHad() throws Exception {
    SessionId session = gateway.session("alice", "orders", "select 'canary-1'");

    EvidenceJob job = gateway.made(scope(session, "", "", ""), true, "");

    assertThat(job.state()).as(job.error()).isEqualTo(State.ready);
    assertThat(job.sessions()).isEqualTo(1);
    Path file = gateway.file(job);
    Report report = verified(file);
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(report.text()).contains("1 sessions are whole");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Shelf.sha256(file)).isEqualTo(job.sha256());
    List<StoredEvent> said = events(new Criterion(Set.of("exported=" + session), Set.of()));
    assertThat(said).hasSize(1);
    EvidenceEvent.Exported exported = (EvidenceEvent.Exported) said.getFirst().event();
    assertThat(exported.sha256()).isEqualTo(job.sha256());
    assertThat(exported.purpose()).isEqualTo("yearly audit");
    assertThat(exported.by().name()).isEqualTo("dana");
    assertThat(events(Criterion.tag("evidence", job.id().value())))
        .extracting(StoredEvent::type)
        .containsExactly("EvidenceExported", "EvidenceDownloaded");
    assertThat(events(Criterion.tag("content", session.toString())))
        .singleElement()
        .satisfies(e ->
            assertThat(((OversightEvent.ContentOpened) e.event()).what()).isEqualTo("evidence"));
  }

  @Test
  void metadataAloneVerifiesAndHoldsNoWordOfTheStatement() throws Exception {
    SessionId session = gateway.session("alice", "orders", "select 'canary-2'");

    EvidenceJob job = gateway.made(scope(session, "", "", ""), false, "");

    assertThat(job.state()).as(job.error()).isEqualTo(State.ready);
    Path file = gateway.file(job);
    Report report = verified(file);
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(unpacked(file).values()).noneMatch(text -> text.contains("canary-2"));
    assertThat(unpacked(file).get("events/disclosed.jsonl")).doesNotContain("\"key\"");
    assertThat(events(Criterion.tag("content", session.toString()))).isEmpty();
    assertThat(events(new Criterion(Set.of("exported=" + session), Set.of()))).isEmpty();
  }

  @Test
  void oneSessionsKeysOpenNothingOfAnother() throws Exception {
    SessionId mine = gateway.session("alice", "orders", "select 'canary-3'");
    SessionId other = gateway.session("alice", "orders", "select 'canary-4'");

    Map<String, String> files =
        unpacked(gateway.file(gateway.made(scope(mine, "", "", ""), true, "")));

    assertThat(files.get("events/leaves.jsonl"))
        .contains(mine.toString())
        .doesNotContain(other.toString());
  }

  @Test
  void findsSessionsByPersonTargetAndDuty() throws Exception {
    gateway.session("walter", "vault", "select 5");
    gateway.session("walter", "orders", "select 6");
    gateway.session("xenia", "vault", "select 7");

    assertThat(gateway.made(scope(null, "walter", "", ""), false, "").sessions()).isEqualTo(2);
    assertThat(gateway.made(scope(null, "", "", "vault"), false, "").sessions()).isEqualTo(2);
    assertThat(gateway.made(scope(null, "walter", "", "vault"), false, "").sessions()).isEqualTo(1);
    assertThat(gateway.made(scope(null, "walter", "duty", ""), false, "").sessions()).isEqualTo(2);
    EvidenceJob none = gateway.made(scope(null, "walter", "dut", ""), false, "");
    assertThat(none.state()).isEqualTo(State.failed);
    assertThat(none.error()).contains("nothing in the log matches").contains("who=walter");
  }

  @Test
  void aTimeIsEveryEventInItWithoutAHole() throws Exception {
    Instant from = Instant.now();
    gateway.session("yara", "orders", "select 8");
    EvidenceScope scope = new EvidenceScope(null, "", "", "", null, "", from, null);

    EvidenceJob job = gateway.made(scope, true, "");

    assertThat(job.state()).as(job.error()).isEqualTo(State.ready);
    assertThat(job.to() - job.from() + 1).isLessThanOrEqualTo(job.events());
    Report report = verified(gateway.file(job));
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(report.text()).contains("every event of the log from " + job.from());
  }

  @Test
  void anErasedSessionIsProvenWithoutItsContent() throws Exception {
    SessionId session = gateway.session("zoe", "orders", "select 'canary-9'");
    ErasureId id = ErasureId.next();
    Instant now = Instant.now();
    gateway.append(
        new RetentionEvent.ErasureRequested(
            RetentionEvent.STREAM,
            id,
            now,
            List.of(new RetentionEvent.ErasedSession(session, now, now)),
            "request",
            person("erin"),
            "asked"));
    gateway.test.store.keys().erase(Set.of(session));
    EvidenceJob underWay = gateway.made(scope(session, "", "", ""), true, "");
    assertThat(underWay.error()).contains("is being erased");
    gateway.append(
        new RetentionEvent.ErasureCompleted(
            RetentionEvent.STREAM, id, now, 1, List.of("keys"), List.of(), List.of()));

    EvidenceJob job = gateway.made(scope(session, "", "", ""), true, "");

    assertThat(job.state()).as(job.error()).isEqualTo(State.ready);
    Report report = verified(gateway.file(job));
    assertThat(report.exitCode()).as(report.text()).isEqualTo(4);
  }

  @Test
  void anErasureDeletesTheBundlesThatDiscloseTheSession() throws Exception {
    SessionId session = gateway.session("alice", "orders", "select 10");
    EvidenceJob with = gateway.made(scope(session, "", "", ""), true, "");
    EvidenceJob without = gateway.made(scope(session, "", "", ""), false, "");
    Path file = gateway.file(with);

    gateway.bundles.forget(Set.of(session), 0).toCompletableFuture().join();

    assertThat(file).doesNotExist();
    assertThatThrownBy(() -> gateway.bundles.open(with.id(), person("dana")))
        .isInstanceOfSatisfying(
            EvidenceRefused.class,
            e -> assertThat(e.kind()).isEqualTo(EvidenceRefused.Kind.expired));
    assertThat(gateway.file(without)).exists();
  }

  @Test
  void whatAStopCutOffHasFailedAtTheNextStart() throws Exception {
    SessionId session = gateway.session("alice", "orders", "select 11");
    EvidenceJob ready = gateway.made(scope(session, "", "", ""), false, "");
    Entry cut =
        Entry.asked(
            countersign.evidence.EvidenceId.next(),
            new EvidenceRequest(scope(session, "", "", ""), true, "", "audit", person("dana")),
            Instant.now());
    cut.at("events", 5, 10);
    gateway.bundles.close();
    Shelf shelf = new Shelf(gateway.home.resolve("evidence"));
    shelf.keep(cut);
    Path half = shelf.fresh(cut.id() + ".part");
    Files.createDirectory(shelf.directory().resolve("bundle-left"));

    gateway.start(8);

    assertThat(gateway.bundles.job(cut.id()).state()).isEqualTo(State.failed);
    assertThat(gateway.bundles.job(cut.id()).error()).startsWith("interrupted");
    assertThat(half).doesNotExist();
    assertThat(shelf.directory().resolve("bundle-left")).doesNotExist();
    assertThat(gateway.bundles.job(ready.id()).state()).isEqualTo(State.ready);
    assertThat(verified(gateway.file(ready)).exitCode()).isZero();
  }

  @Test
  void aRemovedBundleIsGoneAndStaysKnown() throws Exception {
    SessionId session = gateway.session("alice", "orders", "select 12");
    EvidenceJob job = gateway.made(scope(session, "", "", ""), false, "");
    Path file = gateway.file(job);

    assertThat(gateway.bundles.remove(job.id()).state()).isEqualTo(State.expired);

    assertThat(file).doesNotExist();
    assertThat(gateway.bundles.jobs()).extracting(EvidenceJob::id).contains(job.id());
  }

  private static List<StoredEvent> events(Criterion criterion) {
    return gateway.test.store.read(0, 100, List.of(criterion)).toCompletableFuture().join();
  }
}
