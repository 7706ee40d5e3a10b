package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.note.Signer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bundle taken apart to be changed. It can be packed as it is, with the manifest made anew by
 * somebody who has no key, or with manifest and signature made anew by somebody who has one.
 */
final class Rezip {
  final Map<String, byte[]> files = new TreeMap<>();

  static Rezip of(Path bundle) throws IOException {
    Rezip rezip = new Rezip();
    try (ZipReader zip = new ZipReader(bundle)) {
      for (String name : zip.entries().keySet()) {
        try (InputStream in = zip.open(name)) {
          rezip.files.put(name, in.readAllBytes());
        }
      }
    }
    return rezip;
  }

  String text(String name) {
    return new String(files.get(name), StandardCharsets.UTF_8);
  }

  void text(String name, String content) {
    files.put(name, content.getBytes(StandardCharsets.UTF_8));
  }

  List<String> lines(String name) {
    return new ArrayList<>(text(name).lines().toList());
  }

  void lines(String name, List<String> lines) {
    text(name, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
  }

  /** A manifest that lists the files as they are now. */
  void listAnew() throws Malformed {
    Json manifest = Json.parse(text("MANIFEST.json"));
    Map<String, Json> known = new TreeMap<>();
    for (Json file : manifest.items("files")) {
      known.put(file.text("path"), file);
    }
    List<Json> listed = new ArrayList<>();
    files.forEach((name, content) -> {
      if (!name.startsWith("MANIFEST")) {
        Json before =
            known.getOrDefault(
                name, Json.object().with("role", "log").with("mediaType", "x").made());
        Map<String, Json> now = new TreeMap<>(before.members());
        now.put("path", Json.of(name));
        now.put("size", Json.of(content.length));
        now.put("sha256", Json.of(HexFormat.of().formatHex(Spool.sha256().digest(content))));
        listed.add(Json.of(now));
      }
    });
    change("files", Json.of(listed));
  }

  /** Another value for a member of the manifest. */
  void change(String member, Json value) throws Malformed {
    Map<String, Json> members = new TreeMap<>(Json.parse(text("MANIFEST.json")).members());
    members.put(member, value);
    files.put("MANIFEST.json", Json.of(members).canonicalBytes());
  }

  /** The signature of somebody who has a key. */
  void sign(Signer signer) throws Malformed {
    Json manifest = Json.parse(text("MANIFEST.json"));
    files.put(
        "MANIFEST.dsse.json",
        Statement.sign(
            files.get("MANIFEST.json"),
            BundleWriter.predicate(manifest.need("scope"), manifest.need("counts")),
            signer.verifier(),
            signer::signBytes));
  }

  Path pack(Path file) throws IOException {
    try (ZipWriter zip = new ZipWriter(file)) {
      for (Map.Entry<String, byte[]> entry : files.entrySet()) {
        zip.add(entry.getKey(), new ByteArrayInputStream(entry.getValue()));
      }
      zip.finish();
    }
    return file;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
