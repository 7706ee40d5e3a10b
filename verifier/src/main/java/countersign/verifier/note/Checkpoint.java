package countersign.verifier.note;

import countersign.verifier.Malformed;
import countersign.verifier.tree.Hash;
import java.util.List;

/**
 * The head of a log's tree (c2sp.org/tlog-checkpoint): the text of the note that the log signs.
 *
 * @param origin names the log
 * @param size number of leaves
 * @param root of the tree
 * @param extensions further lines, none empty; nobody checks what they say
 */
public record Checkpoint(String origin, long size, Hash root, List<String> extensions) {

  public Checkpoint {
    extensions = List.copyOf(extensions);
    if (!isLine(origin) || size < 0 || !extensions.stream().allMatch(Checkpoint::isLine)) {
      throw new IllegalArgumentException(
          "checkpoint: "
              + Malformed.shown(origin)
              + " "
              + size
              + " (expected: an origin, a size from 0, lines that are not empty)");
    }
  }

  /** A checkpoint without extension lines. */
  public Checkpoint(String origin, long size, Hash root) {
    this(origin, size, root, List.of());
  }

  /** Reads a note's text. */
  public static Checkpoint parse(String text) throws Malformed {
    if (text.length() > Note.LONGEST || !text.endsWith("\n")) {
      throw new Malformed("checkpoint", text, "lines that end with a line break");
    }
    List<String> lines = List.of(text.substring(0, text.length() - 1).split("\n", -1));
    if (lines.size() < 3 || !lines.stream().allMatch(Checkpoint::isLine)) {
      throw new Malformed("checkpoint", text, "origin, size and root, no empty line");
    }
    Hash root = Hash.parse(lines.get(2));
    long size = decimal("size", lines.get(1));
    if (size == 0 && !root.equals(Hash.EMPTY)) {
      throw new Malformed("root", lines.get(2), "the root of the empty tree for size 0");
    }
    return new Checkpoint(lines.get(0), size, root, lines.subList(3, lines.size()));
  }

  /** The text to sign; what {@link #parse} reads. */
  public String text() {
    StringBuilder text = new StringBuilder(origin);
    text.append('\n').append(size).append('\n').append(root).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** Reads a decimal number from 0 to 2^63-1 in its one spelling. */
  static long decimal(String name, String text) throws Malformed {
    if (text.length() <= 19 && text.matches("0|[1-9][0-9]*")) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException tooLarge) {
        // said below
      }
    }
    throw new Malformed(name, text, "a decimal number below 2^63 without leading zeros");
  }

  private static boolean isLine(String line) {
    return !line.isEmpty() && line.chars().noneMatch(c -> c < 0x20);
  }
}
