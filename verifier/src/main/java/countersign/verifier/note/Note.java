package countersign.verifier.note;

import countersign.verifier.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed note (c2sp.org/signed-note): a text and signatures, none of them checked yet.
 *
 * @param text ends with a line break
 * @param signatures in their order, one at least
 */
public record Note(String text, List<SignatureLine> signatures) {
  /** Longest note that is read, bytes; the bound that Go's reader has. */
  public static final int LONGEST = 1_000_000;

  /** Most signatures that are read. */
  public static final int MOST_SIGNATURES = 100;

  public Note {
    signatures = List.copyOf(signatures);
  }

  /** Reads a note. */
  public static Note parse(byte[] bytes) throws Malformed {
    if (bytes.length > LONGEST) {
      throw new Malformed("note: " + bytes.length + " bytes (expected: <= " + LONGEST + ")");
    }
    return parse(utf8("note", bytes));
  }

  /** Reads a note. */
  public static Note parse(String note) throws Malformed {
    if (note.length() > LONGEST) {
      throw new Malformed("note: " + note.length() + " characters (expected: <= " + LONGEST + ")");
    }
    if (note.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
      throw new Malformed("note: control character (expected: none but line breaks)");
    }
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw new Malformed("note", note, "a text, an empty line, signatures, a line break");
    }
    String[] lines = note.substring(end + 2).split("\n", MOST_SIGNATURES + 2);
    // The last line ends with a line break too, so that the split ends with an empty string.
    if (lines.length < 2 || lines.length > MOST_SIGNATURES + 1) {
      throw new Malformed(
          "note: " + (lines.length - 1) + " signatures (expected: 1 to " + MOST_SIGNATURES + ")");
    }
    List<SignatureLine> signatures = new ArrayList<>();
    for (int i = 0; i < lines.length - 1; i++) {
      signatures.add(SignatureLine.parse(lines[i]));
    }
    return new Note(note.substring(0, end + 1), signatures);
  }

  /** The note with more signatures at its end. */
  public Note with(List<SignatureLine> more) {
    List<SignatureLine> all = new ArrayList<>(signatures);
    all.addAll(more);
    return new Note(text, all);
  }

  /**
   * The signatures of a key, checked.
   *
   * @return true when there is one and every one that claims to be of this key is good; false when
   *     there is none
   * @throws Malformed when one claims to be of this key and is not: then the whole note is refused
   */
  public boolean signedBy(VerifierKey key) throws Malformed {
    boolean found = false;
    for (SignatureLine line : signatures) {
      if (key.claims(line)) {
        if (!key.verify(text, line)) {
          throw new Malformed("signature of " + key.name() + ": not good over this text");
        }
        found = true;
      }
    }
    return found;
  }

  /** The note as it is stored and sent; what {@link #parse} reads. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(line -> note.append(line).append('\n'));
    return note.toString();
  }

  /** Decodes UTF-8 and refuses what is not. */
  static String utf8(String name, byte[] bytes) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed(name + ": bytes that are not UTF-8");
    }
  }
}
