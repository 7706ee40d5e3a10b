package countersign.log;

import countersign.log.Integrity.Kind;
import countersign.log.Verification.Finding;
import countersign.store.LogRows;
import countersign.store.StoreSettings;
import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.TileNodes;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies everything that is stored once, also beside a running process: the stored events against
 * the newest checkpoint, and that against an older one that somebody kept. Without the older one it
 * believes the log's own memory; who has the database, the data directory and the key can make all
 * of them anew.
 */
public final class Fsck {
  private Fsck() {}

  /**
   * What was found.
   *
   * @param size events that the newest checkpoint covers, 0 for none
   * @param verified events found right against it
   * @param beyond events after it that are whole; the next checkpoint covers them
   * @param finding the first thing that is wrong; null for nothing
   */
  public record Outcome(long size, long verified, long beyond, @Nullable Finding finding) {}

  /**
   * Verifies.
   *
   * @param directory of the tree and the signer's memory
   * @param since an older checkpoint of this log, as an auditor or a witness kept it; null for none
   * @param key the log's key; null to believe the one in the directory
   * @param progress told how many events were verified, now and then
   * @throws IOException with words for the operator when there is nothing to verify against
   */
  public static Outcome run(
      StoreSettings store,
      Path directory,
      @Nullable String since,
      @Nullable VerifierKey key,
      LongConsumer progress)
      throws IOException, SQLException {
    try (LogRows rows = LogRows.connect(store, "countersign fsck")) {
      Optional<String> signed = DurableText.read(directory.resolve("signed"));
      if (signed.isEmpty()) {
        return unsigned(rows, progress);
      }
      VerifierKey trusted = key == null ? own(directory) : key;
      Checkpoint head = read("the signer's memory", signed.get(), trusted);
      try (TileFiles tiles = TileFiles.read(directory)) {
        Verification verification = new Verification(rows, tiles, head);
        Optional<Finding> wrong = verification.head();
        if (wrong.isEmpty() && since != null) {
          wrong = older(read("--since", since, trusted), head, tiles);
        }
        while (wrong.isEmpty() && !verification.finished()) {
          wrong = verification.step();
          progress.accept(verification.verified());
        }
        if (wrong.isPresent()) {
          return new Outcome(head.size(), verification.verified(), 0, wrong.get());
        }
        return beyond(rows, head.size(), progress);
      }
    }
  }

  private static Outcome unsigned(LogRows rows, LongConsumer progress) throws SQLException {
    return rows.hasOfLog("CheckpointSigned")
        ? new Outcome(
            0,
            0,
            0,
            new Finding(
                Kind.signer,
                -1,
                "the store has signed checkpoints, and the signer's memory is gone"))
        : beyond(rows, 0, progress);
  }

  private static VerifierKey own(Path directory) throws IOException {
    Optional<String> vkey = DurableText.read(directory.resolve("vkey"));
    try {
      return VerifierKey.parse(vkey.orElse("").strip());
    } catch (Malformed e) {
      throw new IOException(directory.resolve("vkey") + ": " + e.getMessage(), e);
    }
  }

  private static Checkpoint read(String what, String text, VerifierKey key) throws IOException {
    try {
      Note note = Note.parse(text);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (!note.signedBy(key) || !checkpoint.origin().equals(key.name())) {
        throw new IOException(what + ": not signed by " + key);
      }
      return checkpoint;
    } catch (Malformed e) {
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  /** The kept tree must continue the older one. */
  private static Optional<Finding> older(Checkpoint old, Checkpoint head, TileFiles tiles)
      throws IOException {
    if (old.size() > head.size()) {
      return Optional.of(
          new Finding(
              Kind.rolledBack,
              head.size(),
              "the older checkpoint covers %d events, the newest here %d: the log was taken back"
                  .formatted(old.size(), head.size())));
    }
    Hash root = Proofs.root(old.size(), new TileNodes(head.size(), tiles));
    return root.equals(old.root())
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Kind.replaced,
                -1,
                "the first %d events give the root %s, and the older checkpoint says %s: history was"
                        .formatted(old.size(), root, old.root())
                    + " made anew"));
  }

  /** Events that no checkpoint covers yet must at least be whole. */
  private static Outcome beyond(LogRows rows, long size, LongConsumer progress)
      throws SQLException {
    long stored = rows.size();
    long at = size;
    while (at < stored) {
      int most = (int) Math.min(Verification.STEP, stored - at);
      List<LogRows.Row> found = rows.rows(at, most);
      for (int i = 0; i < most; i++) {
        if (i >= found.size() || found.get(i).position() != at + i) {
          return new Outcome(size, size, at + i - size, missing(at + i));
        }
        LogRows.Row row = found.get(i);
        if (!Arrays.equals(row.leaf().hash(), row.stored())) {
          Finding edited =
              new Finding(
                  Kind.edited,
                  at + i,
                  "event %s (%s) was changed".formatted(row.leaf().id(), row.leaf().type()));
          return new Outcome(size, size, at + i - size, edited);
        }
      }
      at += most;
      progress.accept(at);
    }
    return new Outcome(size, size, stored - size, null);
  }

  private static Finding missing(long position) {
    return new Finding(Kind.missing, position, "no event stands at position " + position);
  }
}
