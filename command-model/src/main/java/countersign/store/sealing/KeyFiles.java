package countersign.store.sealing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files of keys: ours alone to read, durable before they count, made by one process only. */
final class KeyFiles {
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");

  private KeyFiles() {}

  static void makeDirectory(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Makes a file with this content, durable; leaves it alone when another process was first. */
  static void makeOnce(Path directory, String name, byte[] content) throws IOException {
    Path fresh = Files.createTempFile(directory, "fresh-", "", ours());
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.createLink(directory.resolve(name), fresh);
      sync(directory);
    } catch (FileAlreadyExistsException lost) {
      return;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Fails when others may read or write it. */
  static void requireOurs(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OURS.containsAll(permissions)) {
      throw new IOException(
          file
              + ": "
              + PosixFilePermissions.toString(permissions)
              + " (expected: rw-------, a key is for its owner alone)");
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static FileAttribute<?> ours() {
    return PosixFilePermissions.asFileAttribute(OURS);
  }
}
