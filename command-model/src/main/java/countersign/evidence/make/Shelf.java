package countersign.evidence.make;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The directory of the bundles: for each job what it is, and the bundle while it is kept. Only our
 * account may read any of it.
 */
final class Shelf {
  private static final Logger LOG = Logger.getLogger(Shelf.class);
  private static final String ABOUT = ".json";
  private static final FileAttribute<?> OURS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path directory;

  private record About(EvidenceJob job, Set<UUID> disclosed) {}

  /**
   * Opens the directory, made when it is missing; what a killed process left half made is deleted.
   */
  Shelf(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (Stream<Path> left = Files.list(directory)) {
      for (Path each :
          left.filter(f -> Files.isDirectory(f) || f.toString().matches(".*\\.(part|plain|tmp)"))
              .toList()) {
        deleteAll(each);
      }
    }
  }

  private static void deleteAll(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  Path directory() {
    return directory;
  }

  /** What jobs there were. */
  List<Entry> left(Instant now) throws IOException {
    List<Entry> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ABOUT)).toList()) {
        try {
          About about = JSON.readValue(Files.readAllBytes(file), About.class);
          found.add(Entry.left(about.job(), about.disclosed(), now));
        } catch (IOException e) {
          LOG.warnf("evidence=file not readable name=%s", file.getFileName());
        }
      }
    }
    return found;
  }

  /** Keeps what a job is. */
  void keep(Entry entry) throws IOException {
    Path part = fresh(entry.id() + ".tmp");
    Files.write(part, JSON.writeValueAsBytes(new About(entry.job(), entry.disclosed())));
    Files.move(
        part,
        directory.resolve(entry.id() + ABOUT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** A new empty file. */
  Path fresh(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    return Files.createFile(file, OURS);
  }

  /** The bundle of a job, there or not. */
  Path bundle(EvidenceJob job) {
    return directory.resolve(name(job));
  }

  /** What its download is called. */
  static String name(EvidenceJob job) {
    return "evidence-" + job.id() + (job.encrypted() ? ".zip.age" : ".zip");
  }

  /** Makes a whole, durable bundle of what was written. */
  void publish(Path part, EvidenceJob job) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, bundle(job), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes the bundle of a job. */
  void delete(EvidenceJob job) throws IOException {
    Files.deleteIfExists(bundle(job));
  }

  /** Deletes everything of a job. */
  void forget(EvidenceJob job) throws IOException {
    delete(job);
    Files.deleteIfExists(directory.resolve(job.id() + ABOUT));
  }

  /** SHA-256 of a file in lower-case hex. */
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] step = new byte[1 << 16];
      for (int read = in.read(step); read >= 0; read = in.read(step)) {
        sha.update(step, 0, read);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** The part files of a job. */
  Path part(EvidenceId id, String suffix) {
    return directory.resolve(id + "." + suffix);
  }
}
