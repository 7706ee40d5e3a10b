package countersign.store.sealing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One epoch: a key of its own in {@code epoch-N.key}, wrapped under the master key, and the keys
 * wrapped under it in {@code epoch-N.keys}.
 *
 * <p>The latter is text. After a head, a line is {@code key ID SCOPE WRAPPED}, or {@code gone ID
 * SCOPE} for a key that was erased, with {@code -} for an ID where the scope had no key. Each write
 * begins with a line break, so a line torn by a crash spoils no other.
 *
 * @param number from 1
 * @param key the epoch's own key
 */
record Epoch(long number, byte[] key) {
  private static final String FORMAT = "countersign-keys/2";
  private static final String FORMAT_OF_RELEASE_01 = "countersign-keys/1";
  private static final String KEY = ".key";
  private static final String KEYS = ".keys";
  private static final int BUFFER = 64 << 10;

  /** A line of the file of keys. */
  sealed interface Line {
    /** A key, unwrapped by {@link #unwrap}. */
    record Key(UUID id, String scope, String wrapped) implements Line {}

    /** A key that was erased; null for the id of a scope that never had one. */
    record Gone(@Nullable UUID id, String scope) implements Line {}
  }

  static String name(long number) {
    return String.format(Locale.ROOT, "epoch-%08d", number);
  }

  /** Name of the file of keys. */
  String keys() {
    return name(number) + KEYS;
  }

  /** Whether no other epoch has taken its place. */
  boolean inForce(KeyFiles files) {
    return files.exists(name(number) + KEY) && !files.exists(name(number + 1) + KEY);
  }

  /**
   * Opens the epoch in force, the first one when there is none. Whoever calls holds the guard.
   *
   * <p>An epoch counts from the moment its own key is in place; what is older, and what a crash
   * left of one that never counted, is destroyed here.
   */
  static Epoch open(KeyFiles files, MasterKey master) throws IOException {
    files.sweep();
    long newest = newest(files, KEY);
    if (newest == 0) {
      return first(files, master);
    }
    WrappedKey file = new WrappedKey(files, name(newest));
    Epoch epoch = new Epoch(newest, file.read(master));
    if (!files.exists(epoch.keys())) {
      throw new IOException(
          files.path(epoch.keys()) + ": missing (expected: beside its epoch key)");
    }
    files.requireOurs(epoch.keys());
    file.dropOlder(master);
    destroyOthers(files, newest);
    return epoch;
  }

  private static Epoch first(KeyFiles files, MasterKey master) throws IOException {
    String name = name(1);
    WrappedKey file = new WrappedKey(files, name);
    if (files.exists(name + KEYS)) {
      files.requireOurs(name + KEYS);
      String[] head = head(files, name + KEYS);
      if (head.length == 3
          && head[0].equals(FORMAT_OF_RELEASE_01)
          && master instanceof LocalMasterKey local) {
        Epoch kept = new Epoch(1, local.unwrapOfRelease01(name, head[2]));
        file.write(master, kept.key);
        return kept;
      }
    }
    Epoch epoch = new Epoch(1, Wrapping.fresh());
    if (newest(files, KEYS) > 0 && holdsKeys(files)) {
      throw new IOException(
          files.path(name + KEY) + ": missing (expected: the key of the epoch beside its keys)");
    }
    files.put(epoch.keys(), KeyFiles.bytes(epoch.headLine()));
    file.write(master, epoch.key);
    destroyOthers(files, 1);
    return epoch;
  }

  private static boolean holdsKeys(KeyFiles files) throws IOException {
    boolean[] found = new boolean[1];
    for (String name : files.names()) {
      if (name.endsWith(KEYS)) {
        try (BufferedReader lines = reader(files, name)) {
          found[0] |= lines.lines().anyMatch(line -> line.startsWith("key "));
        }
      }
    }
    return found[0];
  }

  private static void destroyOthers(KeyFiles files, long inForce) throws IOException {
    for (String suffix : List.of(KEY, KEYS)) {
      for (String name : files.names()) {
        if (number(name, suffix) > 0 && number(name, suffix) != inForce) {
          files.destroy(name);
        }
      }
    }
  }

  private static long newest(KeyFiles files, String suffix) throws IOException {
    return files.names().stream().mapToLong(name -> number(name, suffix)).max().orElse(0);
  }

  private static long number(String name, String suffix) {
    return name.matches("epoch-[0-9]{8,18}\\" + suffix)
        ? Long.parseLong(name.substring("epoch-".length(), name.length() - suffix.length()))
        : 0;
  }

  /**
   * Writes the epoch after this one without some keys, and puts it in force; this one is destroyed.
   * Whoever calls holds the guard.
   *
   * @param erased scopes whose keys do not go on
   * @return the new epoch, and the lines that say what was erased now
   */
  Next next(KeyFiles files, MasterKey master, Set<String> erased) throws IOException {
    Epoch next = new Epoch(number + 1, Wrapping.fresh());
    List<Line.Gone> gone = new ArrayList<>();
    files.put(
        next.keys(),
        channel -> {
          StringBuilder block = new StringBuilder();
          block.append(new String(next.headLine(), StandardCharsets.US_ASCII));
          Set<String> left = new java.util.HashSet<>(erased);
          try (BufferedReader lines = reader(files, keys())) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
              switch (line(text)) {
                case Line.Key key when erased.contains(key.scope) -> {
                  gone.add(new Line.Gone(key.id, key.scope));
                  left.remove(key.scope);
                }
                case Line.Key key -> block.append(next.line(key.id, key.scope, unwrap(key)));
                case Line.Gone before -> {
                  block.append(line(before));
                  left.remove(before.scope);
                }
                case null -> {}
              }
              flush(block, channel, BUFFER);
            }
          }
          left.forEach(scope -> gone.add(new Line.Gone(null, scope)));
          gone.forEach(one -> block.append(line(one)));
          flush(block, channel, 1);
        });
    new WrappedKey(files, name(next.number)).write(master, next.key);
    destroyOthers(files, next.number);
    return new Next(next, List.copyOf(gone));
  }

  /** What {@link #next} made. */
  record Next(Epoch epoch, List<Line.Gone> gone) {}

  private static void flush(StringBuilder block, FileChannel channel, int least)
      throws IOException {
    if (block.length() >= least) {
      KeyFiles.bytes(block.toString().getBytes(StandardCharsets.US_ASCII)).writeTo(channel);
      block.setLength(0);
    }
  }

  /** Reads one line; null for the head, an empty line, or one torn by a crash. */
  static @Nullable Line line(String text) {
    String[] words = text.split(" ");
    try {
      if (words.length == 4 && words[0].equals("key")) {
        return new Line.Key(UUID.fromString(words[1]), words[2], words[3]);
      }
      if (words.length == 3 && words[0].equals("gone")) {
        return new Line.Gone(words[1].equals("-") ? null : UUID.fromString(words[1]), words[2]);
      }
    } catch (IllegalArgumentException torn) {
      return null;
    }
    return null;
  }

  private static String line(Line.Gone gone) {
    return "gone " + (gone.id == null ? "-" : gone.id) + " " + gone.scope + "\n";
  }

  /** A line to append for a key. */
  String line(UUID id, String scope, byte[] secret) {
    return "\nkey " + id + " " + scope + " " + Wrapping.wrap(key, bound(id, scope), secret) + "\n";
  }

  byte[] unwrap(Line.Key line) throws IOException {
    return Wrapping.unwrap(key, bound(line.id, line.scope), line.wrapped);
  }

  private String bound(UUID id, String scope) {
    return name(number) + "/" + id + "/" + scope;
  }

  private byte[] headLine() {
    return (FORMAT + " " + name(number) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static String[] head(KeyFiles files, String name) throws IOException {
    try (BufferedReader lines = reader(files, name)) {
      String first = lines.readLine();
      return first == null ? new String[0] : first.split(" ");
    }
  }

  private static BufferedReader reader(KeyFiles files, String name) throws IOException {
    return Files.newBufferedReader(files.path(name), StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return name(number);
  }
}
