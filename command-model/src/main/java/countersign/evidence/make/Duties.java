package countersign.evidence.make;

import countersign.store.RawEvents;
import countersign.store.StoredRow;
import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleWriter;
import countersign.verifier.bundle.Role;
import countersign.verifier.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The duties that were in force: the events that declared them, which every bundle discloses since
 * nothing that a caller typed or saw is in them, and a file that puts them together.
 */
final class Duties {
  private static final Set<String> DUTY = Set.of("DutyDeclared", "DutyRemoved");

  private final RawEvents raw;
  private final long first;
  private final Map<Long, StoredRow> rows = new TreeMap<>();

  /** Reads all changes of duties up to the last position of a scope. */
  Duties(RawEvents raw, long first, long last) throws IOException {
    this.raw = raw;
    this.first = first;
    new Walk(raw, true)
        .over(
            raw.tagged(Set.of("configuration=rulebook"), last + 1),
            row -> {
              if (DUTY.contains(row.leaf().type())) {
                rows.put(row.position(), row);
              }
            });
  }

  /** The events before and within the scope, by position. */
  List<StoredRow> before() {
    return List.copyOf(rows.values());
  }

  /** A row with its sealed half, when it is of a duty; otherwise as it is. */
  StoredRow withSealed(StoredRow row) {
    return rows.getOrDefault(row.position(), row);
  }

  /** Whether a row is disclosed in every bundle. */
  boolean shown(StoredRow row) {
    return rows.containsKey(row.position());
  }

  /** Writes {@code duties/duties.json}: those in force at the start, and each change after. */
  void write(BundleWriter writer) throws IOException {
    Map<String, Json> start = new TreeMap<>();
    List<Json> changes = new ArrayList<>();
    for (StoredRow row : rows.values()) {
      Optional<byte[]> plain = raw.opened(row);
      if (plain.isEmpty()) {
        continue;
      }
      try {
        Json said = Json.parse(new String(plain.get(), StandardCharsets.UTF_8));
        boolean declared = row.leaf().type().equals("DutyDeclared");
        if (row.position() >= first) {
          changes.add(change(row, said));
        } else if (declared) {
          start.put(said.need("duty").text("name"), said.need("duty"));
        } else {
          start.remove(said.text("name"));
        }
      } catch (Malformed e) {
        throw new IOException("event at " + row.position() + ": " + e.getMessage(), e);
      }
    }
    Json all =
        Json.object()
            .with("position", first)
            .with("inForce", Json.of(List.copyOf(start.values())))
            .with("changes", Json.of(changes))
            .made();
    try (OutputStream out = writer.file("duties/duties.json", Role.duties, "application/json")) {
      out.write(all.canonicalBytes());
    }
  }

  private static Json change(StoredRow row, Json said) {
    return Json.object()
        .with("position", row.position())
        .with("at", row.leaf().at().toString())
        .with("event", row.leaf().type())
        .with("said", said)
        .made();
  }
}
