package countersign.log;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.log.Integrity.Kind;
import countersign.session.SessionId;
import countersign.store.LogRows;
import countersign.store.TestStore;
import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.Signer;
import countersign.verifier.tree.Hash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What somebody who owns the database does to the record, and by what it is found. Each works as
 * the superuser of a real PostgreSQL.
 */
@Timeout(120)
class AttacksTest {
  private static final int EVENTS = 600;
  private LoggedStore attacked;

  @BeforeEach
  void open() throws Exception {
    attacked = LoggedStore.open();
  }

  @AfterEach
  void close() {
    attacked.close();
  }

  @Test
  void editingARowIsFound() throws Exception {
    signed();
    attacked.test.execute(
        "update log.events set at = at + interval '1 second' where position = 123");
    assertFound(Kind.edited, 123);
    // With its leaf made anew the row is whole again, and the tree has another one.
    leaf(123);
    assertFound(Kind.replaced, 123);
    // A start finds it before it signs anything.
    attacked.keep();
    LoggedStore.until("alarm", () -> alarms().contains("replaced 123"));
    assertThat(attacked.keeping.integrity().state()).isEqualTo(Integrity.State.problem);
  }

  @Test
  void editingARowWhileItRunsIsFoundByTheWatch() throws Exception {
    attacked.keep();
    attacked.append(3, EVENTS);
    LoggedStore.until("verified", () -> attacked.keeping.integrity().state() == Integrity.State.ok);
    attacked.test.execute("update log.events set clear = clear || ' ' where position = 77");
    LoggedStore.until("alarm", () -> alarms().contains("edited 77"));
    assertThat(attacked.keeping.integrity().state()).isEqualTo(Integrity.State.problem);
    // The tree is what was signed: it goes on, and the alarm is in the next checkpoint.
    attacked.append(1, 3);
    // Once the row is as it was, so is the state; the alarm stays in the record.
    attacked.test.execute("update log.events set clear = rtrim(clear) where position = 77");
    LoggedStore.until(
        "right again", () -> attacked.keeping.integrity().state() == Integrity.State.ok);
    assertThat(alarms()).isEqualTo("edited 77");
  }

  @Test
  void editingWhatWasSealedIsFound() throws Exception {
    signed();
    attacked.test.execute(
        "update log.events set sealed = set_byte(sealed, 3, (get_byte(sealed, 3) + 1) % 256)"
            + " where position = 301");
    assertFound(Kind.edited, 301);
  }

  @Test
  void deletingTheTailIsFoundAndNothingIsSigned() throws Exception {
    signed();
    long size = attacked.fsck(null).size();
    takeBack(size - 10);
    assertFound(Kind.rolledBack, size - 10);
    attacked.keep();
    LoggedStore.until(
        "refusing", () -> attacked.keeping.integrity().state() == Integrity.State.problem);
    // New events in the place of those that are gone do not hide it.
    attacked.stop();
    attacked.append(1, 50);
    assertFound(Kind.replaced, size - 10);
    attacked.keep();
    LoggedStore.until("alarm", () -> alarms().contains("replaced " + (size - 10)));
    assertThat(attacked.keeping.integrity().signedSize()).isEqualTo(size);
    assertThat(
            attacked.test.ask(
                "select count(*) from log.events where type = 'CheckpointSigned'"
                    + " and position >= "
                    + (size - 10)))
        .isEqualTo("0");
  }

  @Test
  void deletingASessionIsFound() throws Exception {
    SessionId session = signed().get(1);
    long first =
        Long.parseLong(
            attacked.test.ask(
                "select min(position) from log.events where session = '" + session.value() + "'"));
    attacked.test.execute("delete from log.events where session = '" + session.value() + "'");
    assertFound(Kind.missing, first);
  }

  @Test
  void swappingTwoEventsIsFound() throws Exception {
    signed();
    attacked.test.execute(
        "update log.events set position = case position when 100 then 1000000 else 100 end"
            + " where position in (100, 200) and position = 100");
    attacked.test.execute("update log.events set position = 100 where position = 200");
    attacked.test.execute("update log.events set position = 200 where position = 1000000");
    assertFound(Kind.replaced, 100);
  }

  @Test
  void rewritingHistoryWithTheKeyIsFoundByAKeptCheckpointAndByTheWitness() throws Exception {
    attacked.witnessed();
    signed();
    LoggedStore.until("cosigned", () -> cosigned() >= EVENTS);
    attacked.stop();
    String kept = attacked.witness.newest().orElseThrow();
    attacked.test.execute("update log.events set type = 'OperationForgotten' where position = 10");
    leaf(10);
    Note forged = signAnew(attacked.directory);
    // Whoever only has the operator's own files sees nothing.
    assertThat(attacked.fsck(null).finding()).isNull();
    assertThat(attacked.fsck(kept).finding().kind()).isEqualTo(Kind.replaced);
    Checkpoint head = Checkpoint.parse(Note.parse(kept).text());
    byte[] body =
        new AddCheckpoint(head.size(), List.of(), forged)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    assertThat(attacked.witness.addCheckpoint(body).status()).isIn(409, 422);
    attacked.keep();
    attacked.append(1, 20);
    LoggedStore.until("alarm", () -> alarms().contains("witness -1"));
    LoggedStore.until("refused", () -> problems().contains("does not continue"));
    assertThat(attacked.keeping.checkpoint().orElseThrow()).doesNotContain("witness.example");
    assertThat(attacked.witness.newest()).contains(kept);
  }

  @Test
  void takingEverythingBackWithTheSignersMemoryIsFoundByTheWitness() throws Exception {
    attacked.witnessed();
    attacked.keep();
    attacked.append(2, 100);
    attacked.stop();
    Path backup = attacked.home.resolve("backup");
    LoggedStore.copy(attacked.directory, backup);
    long before = Long.parseLong(attacked.test.ask("select count(*) from log.events"));
    attacked.keep();
    attacked.append(2, 100);
    LoggedStore.until("cosigned", () -> cosigned() >= before + 100);
    attacked.stop();
    String kept = attacked.witness.newest().orElseThrow();
    takeBack(before);
    TestStore.delete(attacked.directory);
    LoggedStore.copy(backup, attacked.directory);
    // The operator's own files agree with each other.
    assertThat(attacked.fsck(null).finding()).isNull();
    assertThat(attacked.fsck(kept).finding().kind()).isEqualTo(Kind.rolledBack);
    attacked.keep();
    attacked.append(1, 20);
    LoggedStore.until("alarm", () -> alarms().contains("witness -1"));
    assertThat(problems()).contains("it was taken back");
    assertThat(attacked.witness.newest()).contains(kept);
  }

  @Test
  void showingAnAuditorAnotherLogFailsAgainstTheWitnessesCheckpoint() throws Exception {
    attacked.witnessed();
    signed();
    LoggedStore.until("cosigned", () -> cosigned() >= EVENTS);
    String cosigned = attacked.keeping.checkpoint().orElseThrow();
    attacked.stop();
    // The same size, the same key, another event: made for the auditor alone.
    Path shown = attacked.home.resolve("shown");
    LoggedStore.copy(attacked.directory, shown);
    attacked.test.execute("update log.events set type = 'OperationForgotten' where position = 42");
    leaf(42);
    signAnew(shown);
    assertThat(Fsck.run(attacked.test.settings, shown, null, null, _ -> {}).finding()).isNull();
    Fsck.Outcome outcome = Fsck.run(attacked.test.settings, shown, cosigned, null, _ -> {});
    assertThat(outcome.finding().kind()).isEqualTo(Kind.replaced);
    assertThat(outcome.finding().words()).contains("history was made anew");
  }

  private List<SessionId> signed() throws Exception {
    attacked.keep();
    List<SessionId> sessions = attacked.append(3, EVENTS);
    if (attacked.witness == null) {
      attacked.stop();
      assertThat(attacked.fsck(null).finding()).isNull();
    }
    return sessions;
  }

  private void assertFound(Kind kind, long position) throws Exception {
    Fsck.Outcome outcome = attacked.fsck(null);
    assertThat(outcome.finding()).isNotNull();
    assertThat(outcome.finding().position()).as("%s", outcome).isEqualTo(position);
    assertThat(outcome.finding().kind()).as("%s", outcome).isEqualTo(kind);
  }

  private String alarms() {
    try {
      return String.valueOf(
          attacked.test.ask(
              "select string_agg((clear::json->>'kind') || ' ' || (clear::json->>'position'), ',')"
                  + " from log.events where type = 'IntegrityAlarm'"));
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String problems() {
    return attacked.keeping.integrity().problems().toString();
  }

  private long cosigned() {
    return attacked.keeping.integrity().witnesses().getFirst().size();
  }

  private void takeBack(long size) throws Exception {
    attacked.test.execute("delete from log.events where position >= " + size);
    attacked.test.execute("delete from log.event_tags where position >= " + size);
    attacked.test.execute(
        "update log.appended set last = %d where last >= %d and first < %d"
            .formatted(size - 1, size, size));
    attacked.test.execute("delete from log.appended where first >= " + size);
    attacked.reopen();
  }

  /** Makes a row's leaf hash anew from what stands there now. */
  private void leaf(long position) throws Exception {
    try (LogRows rows = LogRows.connect(attacked.test.settings, "attacker")) {
      byte[] leaf = rows.rows(position, 1).getFirst().leaf().hash();
      attacked.test.execute(
          "update log.events set leaf = '\\x%s' where position = %d"
              .formatted(HexFormat.of().formatHex(leaf), position));
    }
  }

  /** Makes tree, memory and signature anew from the rows, with the log's own key. */
  private Note signAnew(Path directory) throws Exception {
    Signer signer = LogIdentity.of(LogSettings.of(directory, "log.example"));
    String old = DurableText.read(directory.resolve("signed")).orElseThrow();
    long size = Checkpoint.parse(Note.parse(old).text()).size();
    for (int level = 0; level < 3; level++) {
      java.nio.file.Files.deleteIfExists(directory.resolve("level-" + level));
    }
    java.nio.file.Files.delete(directory.resolve("signed"));
    try (Tree tree = Tree.open(directory, signer);
        LogRows rows = LogRows.connect(attacked.test.settings, "attacker")) {
      byte[] hashes = rows.hashes(0, (int) size, "").hashes();
      assertThat(hashes).hasSize((int) size * Hash.LENGTH);
      tree.resume();
      tree.grow(hashes);
      return Note.parse(tree.sign(Instant.now()).note());
    }
  }
}
