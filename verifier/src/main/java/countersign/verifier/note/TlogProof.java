package countersign.verifier.note;

import countersign.verifier.Malformed;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import java.util.List;

/**
 * A proof that stands alone (c2sp.org/tlog-proof, v1): this entry is in the tree of this
 * checkpoint. Extra data, which nobody signs, is neither written nor accepted.
 *
 * @param index of the entry, from 0
 * @param proof from the leaf's sibling up
 * @param checkpoint signed by the log, and by witnesses
 */
public record TlogProof(long index, List<Hash> proof, Note checkpoint) {
  private static final String HEAD = "c2sp.org/tlog-proof@v1";

  public TlogProof {
    proof = List.copyOf(proof);
  }

  /** Reads a proof; it is not checked yet. */
  public static TlogProof parse(byte[] bytes) throws Malformed {
    if (bytes.length > Note.LONGEST) {
      throw new Malformed("proof: " + bytes.length + " bytes (expected: <= " + Note.LONGEST + ")");
    }
    String text = Note.utf8("proof", bytes);
    int end = text.indexOf("\n\n");
    if (end >= 0) {
      String[] lines = text.substring(0, end).split("\n", Proofs.LONGEST + 3);
      if (lines.length >= 2 && lines[0].equals(HEAD) && lines[1].startsWith("index ")) {
        long index = Checkpoint.decimal("index", lines[1].substring("index ".length()));
        List<Hash> proof = AddCheckpoint.hashes(lines, 2);
        return new TlogProof(index, proof, Note.parse(text.substring(end + 2)));
      }
    }
    throw new Malformed("proof", text, HEAD + ", index N, hashes, an empty line, a checkpoint");
  }

  /**
   * Whether the proof is good for the entry's hash; says nothing of the checkpoint's signatures.
   */
  public boolean proves(Hash leaf) throws Malformed {
    Checkpoint head = Checkpoint.parse(checkpoint.text());
    return Proofs.included(index, head.size(), leaf, proof, head.root());
  }

  /** The proof as a file; what {@link #parse} reads. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(HEAD).append("\nindex ").append(index).append('\n');
    proof.forEach(hash -> text.append(hash).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
