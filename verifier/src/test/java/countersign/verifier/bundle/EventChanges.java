package countersign.verifier.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import countersign.verifier.json.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a liar does to the events of a bundle that was taken apart. */
final class EventChanges {
  static final String LEAVES = "events/leaves.jsonl";
  static final String SHOWN = "events/disclosed.jsonl";

  private EventChanges() {}

  /** Leaves out an event and makes all sums fit. */
  static void drop(Rezip bundle, int line) throws Exception {
    bundle.lines(LEAVES, dropped(bundle, LEAVES, line));
    bundle.lines(SHOWN, dropped(bundle, SHOWN, line));
    recount(bundle);
  }

  static void dropType(Rezip bundle, String type) throws Exception {
    List<String> leaves = bundle.lines(LEAVES);
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).contains("\"type\":\"" + type + "\"")) {
        drop(bundle, i);
        return;
      }
    }
    throw new IllegalStateException(type);
  }

  static void recount(Rezip bundle) throws Exception {
    Counts counts = new Counts();
    Map<String, Long> withheld = new TreeMap<>();
    List<String> shown = bundle.lines(SHOWN);
    List<String> leaves = bundle.lines(LEAVES);
    Opening opening = new Opening();
    for (int i = 0; i < leaves.size(); i++) {
      var leaf = LeafReader.read(leaves.get(i).getBytes(US_ASCII));
      Json line = Json.parse(shown.get(i));
      Optional<Json> opened = Optional.empty();
      if (line.member("withheld").isPresent()) {
        withheld.merge(line.text("withheld"), 1L, Long::sum);
      } else if (Counts.reads(leaf.type())) {
        var base64 = java.util.Base64.getDecoder();
        byte[] plain =
            opening
                .open(leaf, base64.decode(line.text("sealed")), base64.decode(line.text("key")))
                .orElseThrow();
        opened = Optional.of(Json.parse(new String(plain, UTF_8)));
      }
      counts.add(leaf, Json.parse(line.text("clear")), opened);
    }
    bundle.files.put("reports/counts.json", counts.json().canonicalBytes());
    bundle.files.keySet().removeIf(name -> name.startsWith("proofs/"));
    bundle.change("counts", counts.json());
    bundle.change("leaves", Json.of(leaves.size()));
    Json.Builder held = Json.object();
    withheld.forEach(held::with);
    bundle.change("withheld", held.made());
  }

  static List<String> dropped(Rezip bundle, String file, int line) {
    List<String> lines = bundle.lines(file);
    lines.remove(line);
    return lines;
  }

  static List<String> swapped(Rezip bundle, String file) {
    List<String> lines = bundle.lines(file);
    Collections.swap(lines, 4, 5);
    return lines;
  }

  static List<String> doubled(Rezip bundle, String file) {
    List<String> lines = bundle.lines(file);
    lines.add(4, lines.get(4));
    return lines;
  }

  static int lineCount(Rezip bundle) {
    return bundle.lines(LEAVES).size();
  }

  static void keyOfAnother(Rezip bundle) throws Exception {
    List<String> lines = bundle.lines(SHOWN);
    String other = Json.parse(lines.get(0)).text("key");
    Map<String, Json> line = new TreeMap<>(Json.parse(lines.get(8)).members());
    line.put("key", Json.of(other));
    lines.set(8, Json.of(line).canonical());
    bundle.lines(SHOWN, lines);
  }

  static void sealedFlipped(Rezip bundle) throws Exception {
    List<String> lines = bundle.lines(SHOWN);
    Map<String, Json> line = new TreeMap<>(Json.parse(lines.get(0)).members());
    byte[] sealed = java.util.Base64.getDecoder().decode(Json.parse(lines.get(0)).text("sealed"));
    line.put("sealed", Json.of(Rezip.base64(Mutations.flip(sealed, 3))));
    lines.set(0, Json.of(line).canonical());
    bundle.lines(SHOWN, lines);
  }

  static Json lied(Rezip bundle) throws Exception {
    Map<String, Json> counts =
        new TreeMap<>(Json.parse(bundle.text("reports/counts.json")).members());
    counts.put("sessions", Json.of(1));
    return Json.of(counts);
  }
}
