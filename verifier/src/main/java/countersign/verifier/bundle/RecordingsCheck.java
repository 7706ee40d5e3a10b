package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.INTEGRITY;
import static countersign.verifier.bundle.Report.Outcome.PROVEN;

import countersign.verifier.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks recorded bytes against the disclosed segments that they were made from. */
final class RecordingsCheck {
  private static final Set<String> MADE = Set.of("in.bin", "out.bin", "index.jsonl");
  private final ZipReader zip;
  private final Map<String, MessageDigest> files = new TreeMap<>();

  RecordingsCheck(ZipReader zip) {
    this.zip = zip;
  }

  void add(String session, Segment segment) {
    String below = "replay/" + session + "/";
    digest(below + "in.bin").update(segment.in());
    digest(below + "out.bin").update(segment.out());
    digest(below + "index.jsonl").update(segment.index());
  }

  private MessageDigest digest(String file) {
    return files.computeIfAbsent(file, f -> Spool.sha256());
  }

  void finish(Report report) throws IOException, Malformed {
    for (Map.Entry<String, MessageDigest> file : files.entrySet()) {
      if (!Arrays.equals(digestOf(file.getKey()), file.getValue().digest())) {
        throw new Malformed(file.getKey() + ": not what the disclosed segments hold");
      }
    }
    for (String name : zip.entries().keySet()) {
      String last = name.substring(name.lastIndexOf('/') + 1);
      if (name.startsWith("replay/") && MADE.contains(last) && !files.containsKey(name)) {
        throw new Malformed(name + ": of no disclosed segment");
      }
    }
    if (!files.isEmpty()) {
      report.add(
          INTEGRITY,
          PROVEN,
          files.size() / 3 + " recordings are byte for byte what their segments hold");
    }
  }

  private byte[] digestOf(String name) throws IOException {
    MessageDigest sha = Spool.sha256();
    byte[] step = new byte[1 << 16];
    try (InputStream in = zip.open(name)) {
      for (int read = in.read(step); read >= 0; read = in.read(step)) {
        sha.update(step, 0, read);
      }
    }
    return sha.digest();
  }
}
