package countersign.witness;

import countersign.log.DurableText;
import countersign.verifier.Malformed;
import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.SignatureLine;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Proofs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code add-checkpoint} of c2sp.org/tlog-witness for one log. What it cosigned last is in
 * a file, synced before the cosignature is given; looking at it and replacing it are one step, so
 * two requests never take the log back. Thread-safe.
 */
public final class Witness {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String SIZE = "text/x.tlog.size";

  private final VerifierKey log;
  private final Signer signer;
  private final Path file;
  private final InstantSource clock;
  private @Nullable Note seen;
  private @Nullable Checkpoint newest;

  /**
   * Makes a witness.
   *
   * @param log key of the log
   * @param signer the witness's own key, of type cosignature
   * @param state directory of what it remembers; no other witness may use it
   * @throws IOException when what it remembers cannot be read: then it must not cosign
   */
  public Witness(VerifierKey log, Signer signer, Path state, InstantSource clock)
      throws IOException {
    this.log = log;
    this.signer = signer;
    this.file = state.resolve("checkpoint");
    this.clock = clock;
    Optional<String> kept = DurableText.read(file);
    if (kept.isPresent()) {
      try {
        Note note = Note.parse(kept.get());
        if (!note.signedBy(log)) {
          throw new IOException(file + ": of another log (expected: signed by " + log + ")");
        }
        newest = Checkpoint.parse(note.text());
        seen = note;
      } catch (Malformed e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * An answer over HTTP.
   *
   * @param type content type of the body
   */
  public record Answer(int status, String type, String body) {}

  /** The witness's key. */
  public VerifierKey key() {
    return signer.verifier();
  }

  /** The newest checkpoint that it cosigned, with its own line; empty before the first. */
  public synchronized Optional<String> newest() {
    return Optional.ofNullable(seen).map(Note::toString);
  }

  /**
   * Takes a checkpoint.
   *
   * @throws IOException when it cannot be remembered: then nothing was cosigned
   */
  public Answer addCheckpoint(byte[] body) throws IOException {
    AddCheckpoint asked;
    Checkpoint checkpoint;
    try {
      asked = AddCheckpoint.parse(body);
      checkpoint = Checkpoint.parse(asked.checkpoint().text());
    } catch (Malformed e) {
      return told(400, String.valueOf(e.getMessage()));
    }
    if (!checkpoint.origin().equals(log.name())) {
      return told(404, "origin: not a log of this witness");
    }
    try {
      if (!asked.checkpoint().signedBy(log)) {
        return told(403, "signature: none of the log's key");
      }
    } catch (Malformed e) {
      return told(403, String.valueOf(e.getMessage()));
    }
    if (asked.old() > checkpoint.size()) {
      return told(400, "old: larger than the checkpoint");
    }
    return compared(asked, checkpoint);
  }

  /** From here on nobody else looks at what was seen, until it is replaced. */
  private synchronized Answer compared(AddCheckpoint asked, Checkpoint checkpoint)
      throws IOException {
    Checkpoint last = newest;
    long size = last == null ? 0 : last.size();
    if (asked.old() != size) {
      return new Answer(409, SIZE, size + "\n");
    }
    if (last != null && size == checkpoint.size() && !last.root().equals(checkpoint.root())) {
      return new Answer(409, SIZE, size + "\n");
    }
    boolean continues =
        last == null || size == 0
            ? asked.proof().isEmpty()
            : Proofs.consistent(
                size, checkpoint.size(), last.root(), checkpoint.root(), asked.proof());
    if (!continues) {
      return told(422, "proof: the tree does not continue the one of size " + size);
    }
    Note cosigned = new Note(asked.checkpoint().text(), own(asked.checkpoint()));
    DurableText.write(file, cosigned.toString());
    seen = cosigned;
    newest = checkpoint;
    return new Answer(200, TEXT, cosigned.signatures().getLast() + "\n");
  }

  /** The log's lines, and ours; nobody else's is kept. */
  private List<SignatureLine> own(Note note) {
    List<SignatureLine> lines =
        new ArrayList<>(note.signatures().stream().filter(log::claims).toList());
    lines.add(signer.sign(note.text(), clock.instant()));
    return lines;
  }

  private static Answer told(int status, String words) {
    return new Answer(status, TEXT, words + "\n");
  }
}
