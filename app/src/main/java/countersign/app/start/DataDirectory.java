package countersign.app.start;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory that one process keeps everything in, locked while it runs. The kernel drops the
 * lock with the process, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes a directory, making it when it is missing.
   *
   * @throws Failure if it cannot be written or another process has it
   */
  public static DataDirectory take(Path path) {
    Path directory = path.toAbsolutePath().normalize();
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        String holder = holder(channel);
        channel.close();
        throw new Failure(
            "data: " + directory + " is in use" + holder + " (stop it, or choose another --data)");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
      return new DataDirectory(directory, channel);
    } catch (OverlappingFileLockException _) {
      throw new Failure("data: " + directory + " is in use by this process");
    } catch (IOException e) {
      close(channel);
      throw new Failure("data: " + directory + " cannot be used: " + e);
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    return text.matches("[0-9]+") ? " by process " + text : "";
  }

  private static void close(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException _) {
        // The failure that led here is the one to tell.
      }
    }
  }

  /** The directory. */
  public Path path() {
    return path;
  }

  /** A directory in it that only this process's account can enter; made when it is missing. */
  public Path secret(String name) {
    try {
      return Files.createDirectories(
          path.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new Failure("data: " + path.resolve(name) + " cannot be made: " + e);
    }
  }

  /** Deletes everything in it but the lock. */
  public void empty() {
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (!file.equals(path.resolve(LOCK))) {
                Files.delete(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
                throws IOException {
              if (failed != null) {
                throw failed;
              }
              if (!directory.equals(path)) {
                Files.delete(directory);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new Failure("data: " + path + " cannot be emptied: " + e);
    }
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    close(channel);
  }
}
