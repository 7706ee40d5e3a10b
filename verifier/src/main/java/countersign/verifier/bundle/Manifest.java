package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.tree.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The manifest of a bundle, read and held against what is there. */
final class Manifest {
  private static final Set<String> OUTSIDE = Set.of("MANIFEST.json", "MANIFEST.dsse.json");
  private final byte[] bytes;
  private final Json json;

  private Manifest(byte[] bytes, Json json) {
    this.bytes = bytes;
    this.json = json;
  }

  static Manifest read(ZipReader zip, int most) throws IOException, Malformed {
    byte[] bytes = zip.bytes("MANIFEST.json", most);
    Json json = Json.parse(new String(bytes, StandardCharsets.UTF_8));
    try {
      if (!Arrays.equals(json.canonicalBytes(), bytes)) {
        throw new Malformed("MANIFEST.json: not canonical (expected: RFC 8785)");
      }
    } catch (IllegalArgumentException e) {
      throw new Malformed("MANIFEST.json: " + e.getMessage());
    }
    if (!json.text("format").equals(BundleWriter.FORMAT)) {
      throw new Malformed("format", json.text("format"), BundleWriter.FORMAT);
    }
    return new Manifest(bytes, json);
  }

  byte[] bytes() {
    return bytes;
  }

  Json predicate() throws Malformed {
    return BundleWriter.predicate(json.need("scope"), json.need("counts"));
  }

  Json counts() throws Malformed {
    return json.need("counts");
  }

  Json withheld() throws Malformed {
    return json.need("withheld");
  }

  long leaves() throws Malformed {
    return json.count("leaves");
  }

  /** The positions that it promises without a hole, when it does. */
  Optional<BundleScope.Range> range() throws Malformed {
    if (json.member("leafRange").isEmpty()) {
      return Optional.empty();
    }
    Json range = json.need("leafRange");
    if (range.count("end") < range.count("start")) {
      throw new Malformed("leafRange: ends before it starts");
    }
    return Optional.of(new BundleScope.Range(range.count("start"), range.count("end")));
  }

  Checkpoint checkpoint() throws Malformed {
    Json head = json.need("checkpoint");
    try {
      return new Checkpoint(
          head.text("origin"), head.count("size"), Hash.parse(head.text("root")), List.of());
    } catch (IllegalArgumentException e) {
      throw new Malformed("checkpoint: " + e.getMessage());
    }
  }

  /** Compares every file with what the manifest says: none more, none less, none other. */
  void checkFiles(ZipReader zip, Progress progress) throws IOException, Malformed {
    Set<String> left = new HashSet<>(zip.entries().keySet());
    left.removeAll(OUTSIDE);
    long done = 0;
    long of = zip.entries().values().stream().mapToLong(ZipReader.Entry::size).sum();
    MessageDigest sha = Spool.sha256();
    byte[] step = new byte[1 << 16];
    for (Json file : json.items("files")) {
      String path = file.text("path");
      Role.parse(file.text("role"));
      if (!left.remove(path)) {
        throw new Malformed(
            Malformed.shown(path) + ": absent (expected: as the manifest lists it)");
      }
      long size = 0;
      try (InputStream in = zip.open(path)) {
        for (int read = in.read(step); read >= 0; read = in.read(step)) {
          sha.update(step, 0, read);
          size += read;
          progress.at("reading", done + size, of);
        }
      }
      done += size;
      if (size != file.count("size")
          || !HexFormat.of().formatHex(sha.digest()).equals(file.text("sha256"))) {
        throw new Malformed(Malformed.shown(path) + ": not the file that the manifest lists");
      }
    }
    if (!left.isEmpty()) {
      throw new Malformed(Malformed.shown(left.toString()) + ": not in the manifest");
    }
  }
}
