package countersign.verifier.note;

import countersign.verifier.Malformed;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a witness's {@code add-checkpoint} (c2sp.org/tlog-witness), and with it a consistency
 * proof that stands alone.
 *
 * @param old size of the tree that the witness saw last, 0 for none
 * @param proof that the tree only grew since; empty when old is 0
 * @param checkpoint the new head, signed by the log
 */
public record AddCheckpoint(long old, List<Hash> proof, Note checkpoint) {

  public AddCheckpoint {
    proof = List.copyOf(proof);
  }

  /** Reads a body. The proof is not checked yet, nor is the checkpoint's text read. */
  public static AddCheckpoint parse(byte[] body) throws Malformed {
    if (body.length > Note.LONGEST) {
      throw new Malformed("body: " + body.length + " bytes (expected: <= " + Note.LONGEST + ")");
    }
    String text = Note.utf8("body", body);
    int end = text.indexOf("\n\n");
    if (end < 0 || !text.startsWith("old ")) {
      throw new Malformed("body", text, "old N, a proof, an empty line, a checkpoint");
    }
    String[] lines = text.substring(0, end).split("\n", Proofs.LONGEST + 2);
    long old = Checkpoint.decimal("old", lines[0].substring("old ".length()));
    return new AddCheckpoint(old, hashes(lines, 1), Note.parse(text.substring(end + 2)));
  }

  /** The body; what {@link #parse} reads. */
  @Override
  public String toString() {
    StringBuilder body = new StringBuilder("old ").append(old).append('\n');
    proof.forEach(hash -> body.append(hash).append('\n'));
    return body.append('\n').append(checkpoint).toString();
  }

  static List<Hash> hashes(String[] lines, int from) throws Malformed {
    if (lines.length - from > Proofs.LONGEST) {
      throw new Malformed("proof: too many hashes (expected: <= " + Proofs.LONGEST + ")");
    }
    List<Hash> proof = new ArrayList<>();
    for (int i = from; i < lines.length; i++) {
      proof.add(Hash.parse(lines[i]));
    }
    return proof;
  }
}
