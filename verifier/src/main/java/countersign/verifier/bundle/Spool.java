package countersign.verifier.bundle;

import countersign.verifier.json.Json;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a bundle before they are packed: in a directory that is ours alone, because they
 * hold what was disclosed, and gone when this is closed. Not thread-safe.
 */
final class Spool implements Closeable {
  /** What a path in a bundle looks like; the reader accepts nothing else either. */
  static final Pattern PATH =
      Pattern.compile("(?!.{201})[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*");

  private final Path directory;
  private final SortedMap<String, Kept> files = new TreeMap<>();
  private final Set<String> folded = new HashSet<>();

  /** A file of the bundle. */
  static final class Kept {
    private final Path at;
    private final Role role;
    private final String mediaType;
    private final MessageDigest sha = sha256();
    private long size;
    private @Nullable OutputStream open;

    private Kept(Path at, Role role, String mediaType) {
      this.at = at;
      this.role = role;
      this.mediaType = mediaType;
    }

    Path at() {
      return at;
    }
  }

  Spool(Path parent) throws IOException {
    directory =
        Files.createTempDirectory(
            parent,
            "bundle-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Begins a file and leaves it open until {@link #finish}; the caller need not close it. */
  OutputStream begin(String path, Role role, String mediaType) throws IOException {
    Kept kept = make(path, role, mediaType);
    OutputStream out = new Counting(kept, Files.newOutputStream(kept.at));
    OutputStream open = new BufferedOutputStream(out, 1 << 16);
    kept.open = open;
    return open;
  }

  /** Adds a file whole. */
  void add(String path, Role role, String mediaType, byte[] content) throws IOException {
    Kept kept = make(path, role, mediaType);
    append(kept, content, content.length);
  }

  /** Adds to the end of a file that nobody holds open, which is made when it is not there. */
  void append(String path, Role role, String mediaType, byte[] content, int length)
      throws IOException {
    Kept kept = files.get(path);
    append(kept == null ? make(path, role, mediaType) : kept, content, length);
  }

  private static void append(Kept kept, byte[] content, int length) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(kept.at, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(content, 0, length);
    }
    kept.sha.update(content, 0, length);
    kept.size += length;
  }

  private Kept make(String path, Role role, String mediaType) {
    if (!PATH.matcher(path).matches() || path.startsWith("MANIFEST")) {
      throw new IllegalArgumentException("path: " + path + " (expected: a plain relative path)");
    }
    if (!folded.add(path.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("path: " + path + " (expected: once)");
    }
    Kept kept = new Kept(directory.resolve(Integer.toString(files.size())), role, mediaType);
    files.put(path, kept);
    return kept;
  }

  /** Closes what is open and describes every file as the manifest does. */
  Json finish() throws IOException {
    List<Json> described = new ArrayList<>();
    for (Map.Entry<String, Kept> file : files.entrySet()) {
      Kept kept = file.getValue();
      if (kept.open != null) {
        kept.open.close();
      }
      described.add(
          Json.object()
              .with("path", file.getKey())
              .with("size", kept.size)
              .with("sha256", HexFormat.of().formatHex(kept.sha.digest()))
              .with("mediaType", kept.mediaType)
              .with("role", kept.role.name())
              .made());
    }
    return Json.of(described);
  }

  /** The files by path, sorted. */
  SortedMap<String, Kept> files() {
    return files;
  }

  long bytes() {
    return files.values().stream().mapToLong(kept -> kept.size).sum();
  }

  @Override
  public void close() throws IOException {
    for (Kept kept : files.values()) {
      if (kept.open != null) {
        kept.open.close();
      }
      Files.deleteIfExists(kept.at);
    }
    Files.deleteIfExists(directory);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** Counts and hashes what a file gets. */
  private static final class Counting extends FilterOutputStream {
    private final Kept kept;

    Counting(Kept kept, OutputStream out) {
      super(out);
      this.kept = kept;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      kept.sha.update(bytes, from, length);
      kept.size += length;
    }
  }
}
