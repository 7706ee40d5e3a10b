package countersign.store.sealing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Files of keys: ours alone to read, durable before they count, overwritten before they go. Every
 * change is a row of steps, and a crash between any two of them leaves the old state or the new
 * one, and perhaps remains that {@link #sweep} destroys. Whoever changes anything holds {@link
 * KeyGuard}.
 */
final class KeyFiles {
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");
  private static final String FRESH = "fresh-";
  private static final String OLD = ".old";
  private static final int BLOCK = 64 << 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final Consumer<String> step;

  private KeyFiles(Path directory, Consumer<String> step) {
    this.directory = directory;
    this.step = step;
  }

  /** The files of a directory, made when absent. */
  static KeyFiles in(Path directory) throws IOException {
    return in(directory, _ -> {});
  }

  /**
   * The same, told before each step that changes a file.
   *
   * @param step hears the name of the step; what it throws ends the change there, as a crash would
   */
  static KeyFiles in(Path directory, Consumer<String> step) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new KeyFiles(directory, step);
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  boolean exists(String name) {
    return Files.exists(path(name));
  }

  /** Writes what is to become a file. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  static Content bytes(byte[] content) {
    return channel -> {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    };
  }

  /**
   * Puts a file in its place, durable and whole. What stood there before is destroyed, not only
   * forgotten by the directory.
   */
  void put(String name, Content content) throws IOException {
    step.accept("write " + name);
    Path fresh = Files.createTempFile(directory, FRESH, "", ours());
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    }
    Path place = path(name);
    Path old = path(name + OLD);
    if (Files.exists(place)) {
      destroy(name + OLD);
      step.accept("keep the old " + name);
      Files.createLink(old, place);
    }
    step.accept("rename " + name);
    Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    sync();
    destroy(name + OLD);
  }

  /** Overwrites a file with random bytes and removes it; does nothing when there is none. */
  void destroy(String name) throws IOException {
    Path file = path(name);
    if (!Files.exists(file)) {
      return;
    }
    // After a crash inside of put the old name may still be a second one of the file in force.
    if (!Files.getAttribute(file, "unix:nlink").equals(1)) {
      Files.delete(file);
      sync();
      return;
    }
    step.accept("overwrite " + name);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] block = new byte[BLOCK];
      for (long left = channel.size(); left > 0; left -= BLOCK) {
        RANDOM.nextBytes(block);
        bytes(left < BLOCK ? java.util.Arrays.copyOf(block, (int) left) : block).writeTo(channel);
      }
      channel.force(true);
    }
    step.accept("remove " + name);
    Files.delete(file);
    sync();
  }

  /** Destroys what changes that a crash ended have left. */
  void sweep() throws IOException {
    for (String name : names()) {
      if (name.startsWith(FRESH) || name.endsWith(OLD)) {
        destroy(name);
      }
    }
  }

  /** Names of all files, in no order. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          names.add(String.valueOf(file.getFileName()));
        }
      }
    }
    return names;
  }

  /** Fails when others may read or write it. */
  void requireOurs(String name) throws IOException {
    Path file = path(name);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OURS.containsAll(permissions)) {
      throw new IOException(
          file
              + ": "
              + PosixFilePermissions.toString(permissions)
              + " (expected: rw-------, a key is for its owner alone)");
    }
  }

  private void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static FileAttribute<?> ours() {
    return PosixFilePermissions.asFileAttribute(OURS);
  }
}
