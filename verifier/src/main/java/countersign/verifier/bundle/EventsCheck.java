package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.COMPLETENESS;
import static countersign.verifier.bundle.Report.Aspect.INTEGRITY;
import static countersign.verifier.bundle.Report.Outcome.CLAIMED;
import static countersign.verifier.bundle.Report.Outcome.PROVEN;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.tree.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks leaves against the tree, events against leaves, sums against events. */
final class EventsCheck {
  /** A line of what may be seen: an event of 1 MiB in Base64, with room. */
  private static final int LONGEST_LINE = 4 << 20;

  private static final int LONGEST_LEAF = 1024;
  private final ZipReader zip;
  private final Tiles tiles;
  private final Manifest manifest;
  private final Report report;
  private final Progress progress;
  private final Counts counts = new Counts();
  private final Map<String, Long> withheld = new TreeMap<>();
  private final Opening opening = new Opening();
  private final SessionsCheck sessions;
  private final Erasures erasures = new Erasures();
  private final RecordingsCheck recordings;
  private final BundleScope.@Nullable Range range;
  private long last = -1;
  private long count;
  private long inRange;
  private long disclosed;

  EventsCheck(ZipReader zip, Tiles tiles, Manifest manifest, Report report, Progress progress)
      throws Malformed {
    this.zip = zip;
    this.tiles = tiles;
    this.manifest = manifest;
    this.report = report;
    this.progress = progress;
    this.range = manifest.range().orElse(null);
    this.sessions = new SessionsCheck(range == null);
    this.recordings = new RecordingsCheck(zip);
  }

  void run() throws IOException, Malformed {
    long of = manifest.leaves();
    try (Lines leaves = new Lines(zip.open("events/leaves.jsonl"), LONGEST_LEAF);
        Lines shown = new Lines(zip.open("events/disclosed.jsonl"), LONGEST_LINE)) {
      byte[] leaf = leaves.next();
      byte[] line = shown.next();
      while (leaf != null && line != null) {
        event(leaf, line);
        if (count % 1000 == 0) {
          progress.at("events", count, of);
        }
        leaf = leaves.next();
        line = shown.next();
      }
      if (leaf != null || line != null) {
        throw new Malformed("events: leaves and what is shown of them are not the same number");
      }
    }
    if (count != of) {
      throw new Malformed("leaves: " + count + " (expected: " + of + " as the manifest says)");
    }
    report.add(INTEGRITY, PROVEN, count + " leaves are in the tree of the checkpoint");
    report.add(
        INTEGRITY, PROVEN, disclosed + " events were opened and are what their leaves commit to");
    sums();
    recordings.finish(report);
    completeness();
    erasures.finish(report);
  }

  private void event(byte[] bytes, byte[] line) throws IOException, Malformed {
    Leaf leaf = LeafReader.read(bytes);
    Json shown = Json.parse(new String(line, StandardCharsets.UTF_8));
    if (!Arrays.equals(shown.canonicalBytes(), line)) {
      throw new Malformed("disclosed: a line that is not canonical");
    }
    long position = shown.count("idx");
    if (position <= last) {
      throw new Malformed("idx: " + position + " (expected: above " + last + ")");
    }
    last = position;
    count++;
    if (range != null && position >= range.from() && position < range.to()) {
      inRange++;
    }
    if (!tiles.leaf(position).equals(Hash.leaf(bytes))) {
      throw new Malformed("leaf " + position + ": not the one that the tree has there");
    }
    content(position, leaf, shown);
  }

  private void content(long position, Leaf leaf, Json shown) throws IOException, Malformed {
    Optional<Json> why = shown.member("withheld");
    Withheld held = why.isEmpty() ? null : Withheld.parse(shown.text("withheld"));
    if (held != null) {
      withheld.merge(held.word(), 1L, Long::sum);
    }
    boolean outOfScope = held == Withheld.outOfScope;
    int members = outOfScope ? 2 : held == Withheld.erased ? 4 : held != null ? 3 : 2;
    if (outOfScope) {
      members(shown, position, members);
      counts.add(leaf);
      sessions.add(leaf, Optional.empty());
      return;
    }
    byte[] clear = shown.text("clear").getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(Spool.sha256().digest(clear), leaf.clear())) {
      throw new Malformed("event " + position + ": clear half is not what the leaf commits to");
    }
    Json half = Json.parse(shown.text("clear"));
    byte[] plain = null;
    if (held == null && leaf.key().length > 0) {
      plain = open(position, leaf, shown);
      disclosed++;
      members += 2;
    }
    members(shown, position, members);
    Optional<Json> opened =
        plain != null && Counts.reads(leaf.type())
            ? Optional.of(Json.parse(new String(plain, StandardCharsets.UTF_8)))
            : Optional.empty();
    counts.add(leaf, half, opened);
    sessions.add(leaf, Optional.of(half));
    if (plain != null && leaf.type().equals(Segment.TYPE)) {
      recordings.add(half.text("session"), Segment.of(position, leaf, half, plain));
    }
    erasures.add(position, leaf, half);
    if (held == Withheld.erased) {
      erasures.erased(position, leaf, half, shown.count("erasureIdx"));
    }
  }

  private byte[] open(long position, Leaf leaf, Json shown) throws Malformed {
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      Optional<byte[]> plain =
          opening.open(leaf, base64.decode(shown.text("sealed")), base64.decode(shown.text("key")));
      if (plain.isPresent()) {
        return plain.get();
      }
    } catch (IllegalArgumentException notBase64) {
      // said below
    }
    throw new Malformed(
        "event " + position + ": sealed half and key are not what the leaf commits to");
  }

  private static void members(Json shown, long position, int expected) throws Malformed {
    if (shown.members().size() != expected) {
      throw new Malformed("event " + position + ": members that do not belong there");
    }
  }

  private void sums() throws IOException, Malformed {
    Json made = counts.json();
    Json.Builder held = Json.object();
    withheld.forEach(held::with);
    byte[] reported = zip.bytes("reports/counts.json", 1 << 20);
    if (!made.equals(manifest.counts())
        || !held.made().equals(manifest.withheld())
        || !Arrays.equals(made.canonicalBytes(), reported)) {
      throw new Malformed("counts: not those of the events");
    }
    report.add(INTEGRITY, PROVEN, "the sums of the manifest are those of the events");
  }

  private void completeness() {
    if (range == null) {
      report.add(
          COMPLETENESS,
          CLAIMED,
          "which sessions match what was asked for is the exporter's word; those that are here:");
    } else if (inRange == range.to() - range.from()) {
      report.add(
          COMPLETENESS,
          PROVEN,
          "every event of the log from %d to %d is here".formatted(range.from(), range.to() - 1));
    } else {
      report.add(
          COMPLETENESS,
          Report.Outcome.INCOMPLETE,
          "%d of the %d events from %d to %d are here"
              .formatted(inRange, range.to() - range.from(), range.from(), range.to() - 1));
    }
    sessions.finish(report);
  }
}
