package countersign.store.sealing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that holds one key, wrapped under a master key: {@code NAME.key}, text, {@code
 * countersign-key/1 NAME} and then a line {@code under MASTER WRAPPED} for each master key that
 * opens it. There is more than one only while the master key is changed.
 */
final class WrappedKey {
  private static final String FORMAT = "countersign-key/1";
  private static final int MOST_LINES = 100;

  private final KeyFiles files;
  private final String what;

  private record Under(String master, String wrapped) {}

  WrappedKey(KeyFiles files, String what) {
    this.files = files;
    this.what = what;
  }

  static String file(String what) {
    return what + ".key";
  }

  boolean exists() {
    return files.exists(file(what));
  }

  /** Writes it under one master key; whoever calls holds the guard. */
  void write(MasterKey master, byte[] key) throws IOException {
    write(List.of(new Under(master.id(), master.wrap(what, key))));
  }

  /** Opens it. */
  byte[] read(MasterKey master) throws IOException {
    files.requireOurs(file(what));
    List<Under> all = lines();
    for (Under one : all.reversed()) {
      if (one.master.equals(master.id())) {
        return master.unwrap(what, one.wrapped);
      }
    }
    throw new IOException(
        files.path(file(what))
            + ": does not open (expected: wrapped under the master key at hand, "
            + master.id()
            + "; found: "
            + String.join(", ", all.stream().map(Under::master).toList())
            + ")");
  }

  /** Adds a wrapping under another master key; whoever calls holds the guard. */
  void add(MasterKey from, MasterKey to) throws IOException {
    byte[] key = read(from);
    List<Under> all = new ArrayList<>(lines());
    all.removeIf(one -> one.master.equals(to.id()));
    all.add(new Under(to.id(), to.wrap(what, key)));
    write(all);
  }

  /** Drops the wrappings that are older than this master key's; whoever calls holds the guard. */
  void dropOlder(MasterKey master) throws IOException {
    List<Under> all = lines();
    if (all.size() > 1 && all.getLast().master.equals(master.id())) {
      write(List.of(all.getLast()));
    }
  }

  private void write(List<Under> all) throws IOException {
    StringBuilder text = new StringBuilder(FORMAT + " " + what + "\n");
    all.forEach(one -> text.append("under " + one.master + " " + one.wrapped + "\n"));
    files.put(file(what), KeyFiles.bytes(text.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  private List<Under> lines() throws IOException {
    List<String> lines = Files.readAllLines(files.path(file(what)), StandardCharsets.ISO_8859_1);
    if (lines.isEmpty()
        || lines.size() > MOST_LINES
        || !lines.getFirst().equals(FORMAT + " " + what)) {
      throw new IOException(
          files.path(file(what)) + ": not a key (expected: " + FORMAT + " " + what + ")");
    }
    List<Under> all = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ");
      if (words.length == 3 && words[0].equals("under")) {
        all.add(new Under(words[1], words[2]));
      }
    }
    return all;
  }
}
