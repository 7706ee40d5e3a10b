package countersign.store.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The binaries of PostgreSQL, unpacked once per machine and version (60 MB, about two seconds).
 *
 * <p>They lie in {@code $COUNTERSIGN_CACHE}, else {@code /var/cache/countersign} for root, else
 * {@code ~/.cache/countersign}: a place that only we can write, or somebody could plant a program
 * that we run.
 */
final class PostgresBinaries {
  /** Version of the archive in the class path; part of the directory's name. */
  static final String VERSION = "18.6.0";

  private PostgresBinaries() {}

  /** Returns the directory that holds {@code bin/postgres} and {@code bin/initdb}. */
  static Path unpacked() throws IOException {
    String archive = archive();
    Path cache = cache();
    Path home = cache.resolve("postgres-" + VERSION + "-" + System.getProperty("os.arch"));
    if (Files.isDirectory(home)) {
      return home;
    }
    Path fresh = Files.createTempDirectory(cache, "unpacking-", readableByAll());
    try {
      unpack(archive, fresh);
      moveUnlessThere(fresh, home);
    } finally {
      delete(fresh);
    }
    return home;
  }

  private static String archive() {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name =
        switch (machine) {
          case "amd64", "x86_64" -> "postgres-linux-x86_64.txz";
          case "aarch64", "arm64" -> "postgres-linux-arm_64.txz";
          default ->
              throw new IllegalStateException(
                  "os.arch: "
                      + machine
                      + " (expected: amd64 or aarch64; on others give store.url a PostgreSQL)");
        };
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      throw new IllegalStateException(
          "os.name: "
              + System.getProperty("os.name")
              + " (expected: Linux; on others give store.url a PostgreSQL)");
    }
    return name;
  }

  private static Path cache() throws IOException {
    String chosen = System.getenv("COUNTERSIGN_CACHE");
    Path cache =
        chosen != null
            ? Path.of(chosen)
            : RunAs.weAreRoot()
                ? Path.of("/var/cache/countersign")
                : Path.of(System.getProperty("user.home"), ".cache", "countersign");
    Files.createDirectories(cache, readableByAll());
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(cache);
    if (RunAs.owner(cache) != RunAs.us()
        || permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(cache + ": writable by others (expected: ours alone to write)");
    }
    return cache;
  }

  private static java.nio.file.attribute.FileAttribute<?> readableByAll() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void unpack(String archive, Path into) throws IOException {
    try (InputStream packed = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (packed == null) {
        throw new IOException(archive + ": not in the class path");
      }
      TarArchiveInputStream tar =
          new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed, 1 << 16)));
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        put(tar, entry, into);
      }
    }
    Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    return tar.getNextEntry();
  }

  private static void put(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
      throws IOException {
    Path file = into.resolve(entry.getName()).normalize();
    if (!file.startsWith(into)) {
      throw new IOException(entry.getName() + ": outside of its archive");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    if (file.toString().endsWith(".a")) {
      return; // only for linking
    }
    Files.createDirectories(file.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, file);
    boolean program = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static void moveUnlessThere(Path fresh, Path home) throws IOException {
    try {
      Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException lost) {
      return; // another process was first, with the same bytes
    } catch (FileSystemException lost) {
      if (!Files.isDirectory(home)) {
        throw lost;
      }
    }
  }

  /** Deletes a directory and all below, without following links. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
