package countersign.verifier.tree;

import countersign.verifier.Malformed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tile (c2sp.org/tlog-tiles): up to 256 consecutive hashes of one level of the tree.
 *
 * @param level 0 for leaf hashes; the hashes of level n+1 are the roots of the full tiles of level
 *     n; at most 7, since a tree has fewer than 2^63 leaves
 * @param index number of the tile in its level, from 0
 * @param width how many hashes it holds: 256 for a full tile, from 1 to 255 for a partial one
 */
public record Tile(int level, long index, int width) implements Comparable<Tile> {
  /** Hashes of a full tile. */
  public static final int FULL = 256;

  /** Levels of the tree that one tile spans. */
  public static final int HEIGHT = 8;

  private static final int TOP = 7;
  private static final Pattern PATH =
      Pattern.compile(
          "tile/([0-7]|entries)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  public Tile {
    if (level < 0 || level > TOP || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException(
          "tile: "
              + level
              + "/"
              + index
              + "/"
              + width
              + " (expected: level 0 to 7, width 1 to 256)");
    }
  }

  /** The tile that holds a hash of a level, as wide as a tree of that size has it. */
  public static Tile holding(int level, long hash, long size) {
    long hashes = size >>> (HEIGHT * level);
    long index = hash / FULL;
    return new Tile(level, index, (int) Math.min(FULL, hashes - index * FULL));
  }

  /** Whether it is full. */
  public boolean full() {
    return width == FULL;
  }

  /** The full tile in its place. */
  public Tile whole() {
    return new Tile(level, index, FULL);
  }

  /** Its path, such as {@code tile/0/x001/x234/067} or {@code tile/1/000.p/17}. */
  public String path() {
    return path(Integer.toString(level));
  }

  /** The path of the bundle of entries below it; for level 0. */
  public String entriesPath() {
    return path("entries");
  }

  private String path(String kind) {
    StringBuilder number = new StringBuilder(digits(index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      number.insert(0, 'x' + digits(rest % 1000) + '/');
    }
    return "tile/" + kind + '/' + number + (full() ? "" : ".p/" + width);
  }

  private static String digits(long below1000) {
    return Long.toString(1000 + below1000).substring(1);
  }

  /**
   * What a path names.
   *
   * @param tile which tile
   * @param entries whether it is the bundle of entries instead of their hashes
   */
  public record Named(Tile tile, boolean entries) {}

  /** Reads a path; only the one spelling that {@link #path} writes is accepted. */
  public static Named parse(String path) throws Malformed {
    Matcher matcher = PATH.matcher(path);
    if (path.length() <= 64 && matcher.matches()) {
      boolean entries = "entries".equals(matcher.group(1));
      int level = entries ? 0 : Integer.parseInt(matcher.group(1));
      long index = Long.parseLong(matcher.group(2).replace("/", "").replace("x", ""));
      String part = matcher.group(3);
      int width = part == null ? FULL : Integer.parseInt(part);
      if (part == null || width < FULL) {
        Tile tile = new Tile(level, index, width);
        if (path.equals(entries ? tile.entriesPath() : tile.path())) {
          return new Named(tile, entries);
        }
      }
    }
    throw new Malformed("tile", path, "such as tile/0/x001/234 or tile/1/000.p/17");
  }

  @Override
  public int compareTo(Tile other) {
    int byLevel = Integer.compare(level, other.level);
    int byIndex = byLevel != 0 ? byLevel : Long.compare(index, other.index);
    return byIndex != 0 ? byIndex : Integer.compare(width, other.width);
  }
}
