package countersign.verifier.bundle;

import static countersign.verifier.bundle.EventChanges.LEAVES;
import static countersign.verifier.bundle.EventChanges.SHOWN;
import static countersign.verifier.bundle.EventChanges.doubled;
import static countersign.verifier.bundle.EventChanges.drop;
import static countersign.verifier.bundle.EventChanges.dropType;
import static countersign.verifier.bundle.EventChanges.dropped;
import static countersign.verifier.bundle.EventChanges.lied;
import static countersign.verifier.bundle.EventChanges.lineCount;
import static countersign.verifier.bundle.EventChanges.swapped;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import countersign.verifier.json.Json;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.Policy;
import countersign.verifier.note.Signer;
import countersign.verifier.note.TlogProof;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes good bundles and bad ones, each with the exit code that a verifier has to answer with: what
 * somebody does to the file, to the manifest without a key, and as the dishonest owner of the key.
 * {@code main DIRECTORY} writes them with a list, {@code expected.txt}, for other programs.
 */
public final class Mutations {

  /**
   * A bundle.
   *
   * @param policy whom the verifying person trusts
   * @param since the checkpoint that he kept
   * @param expected exit code
   */
  record Case(
      String name, Path file, Optional<Policy> policy, Optional<Note> since, int expected) {}

  /** A change of a bundle that was taken apart. */
  @FunctionalInterface
  private interface Change {
    void to(Rezip bundle) throws Exception;
  }

  /** A change of a file's bytes. */
  @FunctionalInterface
  private interface Bytes {
    byte[] of(byte[] file) throws Exception;
  }

  private static final String CHECKPOINT = "log/checkpoint";
  private final Path directory;
  private final MadeBundles made = new MadeBundles();
  private final List<Case> cases = new ArrayList<>();
  private final Path range;
  private final Path sessions;

  private Mutations(Path directory) throws IOException {
    this.directory = directory;
    this.range = made.range(directory);
    this.sessions = made.sessions(directory);
  }

  /** Writes the corpus. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createDirectories(Path.of(args[0]));
    StringBuilder expected = new StringBuilder();
    for (Case one : all(directory)) {
      expected.append(one.expected).append(' ').append(one.file.getFileName()).append('\n');
    }
    Files.writeString(directory.resolve("expected.txt"), expected);
  }

  /** Makes every case below a directory. */
  static List<Case> all(Path directory) throws Exception {
    Mutations mutations = new Mutations(directory);
    mutations.good();
    mutations.files();
    mutations.withoutKey();
    mutations.withKey();
    mutations.identity();
    mutations.since();
    mutations.zips();
    return mutations.cases;
  }

  private void good() throws IOException {
    plain("range", range, 0);
    plain("sessions", sessions, 0);
    plain("erased", made.erased(directory), 4);
  }

  /** What happens to every file of a bundle. */
  private void files() throws Exception {
    for (String name : Rezip.of(range).files.keySet()) {
      if (name.contains("tile/1") || name.contains("log.pem")) {
        continue; // their like is there
      }
      String called = name.replace('/', '-');
      content("flipped-" + called, name, b -> flip(b, b.length / 2));
      content("cut-" + called, name, b -> Arrays.copyOf(b, b.length - 1));
      if (!name.startsWith("MANIFEST")) {
        without("absent-" + called, range, 1, b -> b.files.remove(name));
      }
    }
    content("longer-leaves", LEAVES, b -> Arrays.copyOf(b, b.length + 1));
    content(
        "doubled-leaves",
        LEAVES,
        b -> (new String(b, UTF_8) + new String(b, UTF_8)).getBytes(UTF_8));
    without("absent-manifest", range, 1, b -> b.files.remove("MANIFEST.json"));
    without("absent-signature", range, 1, b -> b.files.remove("MANIFEST.dsse.json"));
    without("one-more-file", range, 1, b -> b.text("reports/more.txt", "more"));
  }

  /** Somebody makes the manifest fit, and has no key. */
  private void withoutKey() throws Exception {
    relisted("relisted-shown", b -> b.lines(SHOWN, dropped(b, SHOWN, 5)));
    relisted("relisted-duty", b -> b.text("duties/rulebook.json", "{\"all\":true}"));
    relisted("relisted-one-more", b -> b.text("reports/more.txt", "more"));
    without("scope-changed", range, 1, b -> b.change("scope", Json.object().made()));
    without("counts-changed", range, 1, b -> b.change("counts", Json.object().made()));
    without("format-changed", range, 1, b -> b.change("format", Json.of("countersign-evidence/2")));
    without("not-canonical", range, 1, b -> b.text("MANIFEST.json", " " + b.text("MANIFEST.json")));
    without("signed-by-other", range, 1, b -> b.sign(other()));
  }

  /** The owner of the key lies. */
  private void withKey() throws Exception {
    owner("recording-changed", 1, b -> b.text(recorded("in.bin"), "select 1select 3"));
    owner("recording-index-changed", 1, b -> b.text(recorded("index.jsonl"), ""));
    owner("recording-of-nobody", 1, b -> b.text("replay/nobody/in.bin", "x"));
    owner("recording-absent", 1, b -> b.files.remove(recorded("out.bin")));
    owner("last-dropped", 2, b -> drop(b, lineCount(b) - 1));
    owner("first-dropped", 2, b -> drop(b, 0));
    owner("middle-dropped", 2, b -> drop(b, 9));
    owner("leaf-alone-dropped", 1, b -> b.lines(LEAVES, dropped(b, LEAVES, 3)));
    owner("shown-alone-dropped", 1, b -> b.lines(SHOWN, dropped(b, SHOWN, 3)));
    owner("leaves-swapped", 1, b -> b.lines(LEAVES, swapped(b, LEAVES)));
    owner("shown-swapped", 1, b -> b.lines(SHOWN, swapped(b, SHOWN)));
    owner(
        "both-swapped",
        1,
        b -> {
          b.lines(LEAVES, swapped(b, LEAVES));
          b.lines(SHOWN, swapped(b, SHOWN));
        });
    owner("leaf-doubled", 1, b -> b.lines(LEAVES, doubled(b, LEAVES)));
    owner(
        "both-doubled",
        1,
        b -> {
          b.lines(LEAVES, doubled(b, LEAVES));
          b.lines(SHOWN, doubled(b, SHOWN));
        });
    owner(
        "time-changed",
        1,
        b -> b.text(LEAVES, b.text(LEAVES).replaceFirst("02:25:41", "02:25:42")));
    owner(
        "type-changed",
        1,
        b -> b.text(LEAVES, b.text(LEAVES).replaceFirst("OperationDecided", "OperationDenied")));
    owner("leaf-spaced", 1, b -> b.text(LEAVES, b.text(LEAVES).replaceFirst(",", ", ")));
    owner("clear-changed", 1, b -> b.text(SHOWN, b.text(SHOWN).replaceFirst("blocked", "allowed")));
    owner("key-of-another", 1, b -> EventChanges.keyOfAnother(b));
    owner("sealed-flipped", 1, b -> EventChanges.sealedFlipped(b));
    owner(
        "key-absent", 1, b -> b.text(SHOWN, b.text(SHOWN).replaceFirst("\"key\":\"[^\"]*\",", "")));
    owner("more-said", 1, b -> b.text(SHOWN, b.text(SHOWN).replaceFirst("\\}\n", ",\"zzz\":1}\n")));
    owner(
        "index-moved", 1, b -> b.text(SHOWN, b.text(SHOWN).replaceFirst("\"idx\":0", "\"idx\":7")));
    owner(
        "range-widened",
        2,
        b -> b.change("leafRange", Json.object().with("start", 0).with("end", 400).made()));
    owner(
        "range-backwards",
        1,
        b -> b.change("leafRange", Json.object().with("start", 9).with("end", 1).made()));
    owner("fewer-leaves-said", 1, b -> b.change("leaves", Json.of(5)));
    owner("counts-lied", 1, b -> b.change("counts", lied(b)));
    owner(
        "counts-lied-twice",
        1,
        b -> {
          b.change("counts", lied(b));
          b.files.put("reports/counts.json", lied(b).canonicalBytes());
          b.listAnew();
        });
    owner("withheld-lied", 1, b -> b.change("withheld", Json.object().with("erased", 3).made()));
    owner(
        "other-checkpoint-said",
        1,
        b ->
            b.change(
                "checkpoint",
                Json.object()
                    .with("origin", MadeLog.ORIGIN)
                    .with("size", 1)
                    .with("root", Hash.EMPTY.toString())
                    .made()));
    owner("older-checkpoint", 1, b -> head(b, made.kept.toString()));
    owner("empty-tree", 1, b -> head(b, signed(new Checkpoint(MadeLog.ORIGIN, 0, Hash.EMPTY))));
    owner(
        "larger-tree",
        1,
        b -> head(b, signed(new Checkpoint(MadeLog.ORIGIN, made.log.size() + 1, head(b).root()))));
    owner(
        "other-root",
        1,
        b -> head(b, signed(new Checkpoint(MadeLog.ORIGIN, made.log.size(), Hash.EMPTY))));
    owner(
        "other-origin",
        1,
        b ->
            b.text(
                CHECKPOINT,
                signed(new Checkpoint("log.example/other", made.log.size(), head(b).root()))));
    owner(
        "tile-flipped",
        1,
        b -> b.files.put("log/tile/0/000", flip(b.files.get("log/tile/0/000"), 99)));
    owner("tile-absent", 1, b -> b.files.remove("log/tile/0/000"));
    owner(
        "tile-short",
        1,
        b -> b.files.put("log/tile/0/000", Arrays.copyOf(b.files.get("log/tile/0/000"), 8160)));
    owner("tile-beyond", 1, b -> b.files.put("log/tile/0/009", new byte[8192]));
    owner(
        "consistency-forged",
        1,
        b ->
            b.text(
                consistency(b),
                b.text(consistency(b)).replaceFirst("\n[^\n]{44}\n", "\n" + Hash.EMPTY + "\n")));
    owner(
        "consistency-from-zero",
        1,
        b -> b.text(consistency(b), b.text(consistency(b)).replaceFirst("old [0-9]+", "old 0")));
    owner(
        "start-forged",
        1,
        b ->
            b.text("log/checkpoint-start", signed(new Checkpoint(MadeLog.ORIGIN, 12, Hash.EMPTY))));
    owner("key-file-of-another", 1, b -> b.text("log/log.vkey", other().verifier() + "\n"));
    sessionOwner("session-end-dropped", 2, b -> dropType(b, "SessionClosed"));
    sessionOwner("session-start-dropped", 2, b -> dropType(b, "SessionOpened"));
    sessionOwner("session-middle-dropped", 2, b -> dropType(b, "OperationDecided"));
    sessionOwner(
        "proof-forged",
        1,
        b -> proof(b, p -> new TlogProof(p.index(), forged(p.proof()), p.checkpoint())));
    sessionOwner(
        "proof-empty", 1, b -> proof(b, p -> new TlogProof(p.index(), List.of(), p.checkpoint())));
    sessionOwner(
        "proof-of-neighbour",
        1,
        b -> proof(b, p -> new TlogProof(p.index() ^ 1, p.proof(), p.checkpoint())));
    sessionOwner(
        "proof-of-size-zero",
        1,
        b ->
            proof(
                b,
                p ->
                    new TlogProof(
                        0,
                        List.of(),
                        Note.parse(signed(new Checkpoint(MadeLog.ORIGIN, 0, Hash.EMPTY))))));
    Path erased = directory.resolve("erased.zip");
    owned("erasure-not-there", erased, 2, b -> dropType(b, "ErasureCompleted"));
    owned("erasure-not-asked-for", erased, 2, b -> dropType(b, "ErasureRequested"));
    owned(
        "erasure-of-before",
        erased,
        1,
        b ->
            b.text(
                SHOWN,
                b.text(SHOWN).replace("\"erasureIdx\":" + made.erasure, "\"erasureIdx\":1")));
    owned(
        "erasure-elsewhere",
        erased,
        2,
        b ->
            b.text(
                SHOWN,
                b.text(SHOWN)
                    .replace(
                        "\"erasureIdx\":" + made.erasure, "\"erasureIdx\":" + (made.erasure - 1))));
  }

  private void identity() throws Exception {
    Policy ours = policy("log " + MadeLog.KEY.verifier() + "\nquorum none\n");
    Policy witnessed =
        policy(
            "log %s\nwitness w %s\nquorum w\n"
                .formatted(MadeLog.KEY.verifier(), MadeLog.WITNESS.verifier()));
    Policy unmet =
        policy(
            "log %s\nwitness w %s\nquorum w\n"
                .formatted(MadeLog.KEY.verifier(), MadeLog.OTHER_WITNESS.verifier()));
    Policy theirs = policy("log " + other().verifier() + "\nquorum none\n");
    cases.add(new Case("trusted", range, Optional.of(ours), Optional.empty(), 0));
    cases.add(new Case("witnessed", range, Optional.of(witnessed), Optional.empty(), 0));
    cases.add(new Case("quorum-not-met", range, Optional.of(unmet), Optional.empty(), 3));
    cases.add(new Case("log-not-known", range, Optional.of(theirs), Optional.empty(), 3));
    Path forgery = Files.createDirectories(directory.resolve("forgery"));
    Path made = new MadeBundles(new MadeLog(other())).range(forgery);
    cases.add(new Case("whole-log-of-another-key", made, Optional.of(ours), Optional.empty(), 3));
    Path cosigned =
        change(
            "cosignature-forged",
            range,
            b -> {
              b.text(
                  CHECKPOINT,
                  b.text(CHECKPOINT).replaceFirst("(w1 [A-Za-z0-9+/]{30})[A-Za-z]", "$1/"));
              b.files
                  .keySet()
                  .removeIf(name ->
                      name.startsWith("log/consistency") || name.equals("log/checkpoint-start"));
              b.listAnew();
              b.sign(MadeLog.KEY);
            });
    cases.add(
        new Case("cosignature-forged", cosigned, Optional.of(witnessed), Optional.empty(), 1));
  }

  private void since() throws Exception {
    Note head = made.log.checkpoint();
    sinceCase("since-kept", made.kept, 0);
    sinceCase("since-same", head, 0);
    sinceCase("since-any", signedNote(new Checkpoint(MadeLog.ORIGIN, 5, rootOf(5))), 0);
    sinceCase("since-rewritten", signedNote(new Checkpoint(MadeLog.ORIGIN, 5, Hash.EMPTY)), 1);
    sinceCase(
        "since-other-root-same-size",
        signedNote(new Checkpoint(MadeLog.ORIGIN, made.log.size(), Hash.EMPTY)),
        1);
    sinceCase(
        "since-log-went-back",
        signedNote(new Checkpoint(MadeLog.ORIGIN, made.log.size() + 5, Hash.EMPTY)),
        1);
    sinceCase("since-other-log", signedNote(new Checkpoint("log.example/other", 5, rootOf(5))), 1);
  }

  /** Files that are no zip of ours. */
  private void zips() throws Exception {
    byte[] good = Files.readAllBytes(range);
    int directoryAt = good.length - 22;
    raw("nothing", new byte[0]);
    raw("half", Arrays.copyOf(good, good.length / 2));
    raw("cut-end", Arrays.copyOf(good, good.length - 1));
    raw("trailing-byte", Arrays.copyOf(good, good.length + 1));
    raw("byte-before", concat(new byte[1], good));
    raw("two-zips", concat(good, good));
    raw("comment", flip(good, good.length - 2));
    raw("count", flip(good, directoryAt + 10));
    raw("zip64-offset", filled(good, directoryAt + 16, 4));
    raw("zip64-count", filled(good, directoryAt + 8, 4));
    raw("local-name", flip(good, 31));
    raw("local-crc", flip(good, 15));
    raw("local-time", flip(good, 10));
    raw("encrypted-flag", flip(good, 6));
    raw("stored-method", flip(good, 8));
    byte[] central = find(good, "PK\u0001\u0002");
    int at = central.length;
    raw("central-size-lie", filled(good, at + 24, 4));
    raw("central-attributes-link", filled(good, at + 38, 4));
    raw("central-offset", flip(good, at + 42));
    for (String name :
        List.of(
            "../../x", "/etc/passwd", "log/../x", "C:/x", "log//x", "a\\b", "log/.hidden", "x/")) {
      renamed("name-" + Integer.toHexString(name.hashCode()), name);
    }
    renamed("name-other-case", "log/CHECKPOINT");
    renamed("name-twice", CHECKPOINT);
    Path bomb = directory.resolve("bomb.zip");
    try (ZipWriter zip = new ZipWriter(bomb)) {
      for (int i = 0; i < 12; i++) {
        zip.add("bomb" + (char) ('a' + i), new Zeros(100L << 20));
      }
      zip.finish();
    }
    plain("bomb", bomb, 1);
  }

  /** Gigabytes of nothing. */
  private static final class Zeros extends java.io.InputStream {
    private long left;

    Zeros(long left) {
      this.left = left;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] to, int from, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      Arrays.fill(to, from, from + count, (byte) 0);
      left -= count;
      return count;
    }
  }

  /** Another name of the same length in the last entry of the directory and in its header. */
  private void renamed(String called, String name) throws IOException {
    Path file = directory.resolve(called + ".zip");
    String stand = "x".repeat(name.length());
    try (ZipWriter zip = new ZipWriter(file)) {
      Rezip bundle = Rezip.of(range);
      for (Map.Entry<String, byte[]> entry : bundle.files.entrySet()) {
        zip.add(entry.getKey(), new java.io.ByteArrayInputStream(entry.getValue()));
      }
      zip.add(stand, new java.io.ByteArrayInputStream(new byte[1]));
      zip.finish();
    }
    byte[] bytes = Files.readAllBytes(file);
    String latin = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int first = latin.lastIndexOf(stand);
    int local = latin.lastIndexOf("PK\u0003\u0004", first);
    System.arraycopy(name.getBytes(US_ASCII), 0, bytes, first, name.length());
    System.arraycopy(name.getBytes(US_ASCII), 0, bytes, local + 30, name.length());
    Files.write(file, bytes);
    plain(called, file, 1);
  }

  private void plain(String name, Path file, int expected) {
    cases.add(new Case(name, file, Optional.empty(), Optional.empty(), expected));
  }

  private void sinceCase(String name, Note since, int expected) {
    cases.add(new Case(name, range, Optional.empty(), Optional.of(since), expected));
  }

  private void raw(String name, byte[] content) throws IOException {
    plain(name, Files.write(directory.resolve(name + ".zip"), content), 1);
  }

  private void content(String name, String file, Bytes change) throws Exception {
    without(name, range, 1, b -> b.files.put(file, change.of(b.files.get(file))));
  }

  private void without(String name, Path from, int expected, Change change) throws Exception {
    plain(name, change(name, from, change), expected);
  }

  private void relisted(String name, Change change) throws Exception {
    without(
        name,
        range,
        1,
        b -> {
          change.to(b);
          b.listAnew();
        });
  }

  private void owner(String name, int expected, Change change) throws Exception {
    owned("owner-" + name, range, expected, change);
  }

  private void sessionOwner(String name, int expected, Change change) throws Exception {
    owned("owner-" + name, sessions, expected, change);
  }

  private void owned(String name, Path from, int expected, Change change) throws Exception {
    without(
        name,
        from,
        expected,
        b -> {
          change.to(b);
          b.listAnew();
          b.sign(MadeLog.KEY);
        });
  }

  private Path change(String name, Path from, Change change) throws Exception {
    Rezip bundle = Rezip.of(from);
    change.to(bundle);
    return bundle.pack(directory.resolve(name + ".zip"));
  }

  /** A change of a proof. */
  @FunctionalInterface
  private interface Proof {
    TlogProof of(TlogProof proof) throws Exception;
  }

  private static void proof(Rezip bundle, Proof change) throws Exception {
    String name =
        bundle.files.keySet().stream()
            .filter(n -> n.startsWith("proofs/"))
            .findFirst()
            .orElseThrow();
    bundle.text(name, change.of(TlogProof.parse(bundle.files.get(name))).toString());
  }

  private static List<Hash> forged(List<Hash> proof) {
    List<Hash> forged = new ArrayList<>(proof);
    forged.set(0, Hash.EMPTY);
    return forged;
  }

  /** Another checkpoint, and the manifest names it. */
  private static void head(Rezip bundle, String note) throws Exception {
    bundle.text(CHECKPOINT, note);
    Checkpoint head = head(bundle);
    bundle.change(
        "checkpoint",
        Json.object()
            .with("origin", head.origin())
            .with("size", head.size())
            .with("root", head.root().toString())
            .made());
  }

  private static Checkpoint head(Rezip bundle) throws Exception {
    return Checkpoint.parse(Note.parse(bundle.text(CHECKPOINT)).text());
  }

  private static String recorded(String file) {
    return "replay/" + MadeBundles.ONE + "/" + file;
  }

  private static String consistency(Rezip bundle) {
    return bundle.files.keySet().stream()
        .filter(n -> n.startsWith("log/consistency"))
        .findFirst()
        .orElseThrow();
  }

  private Hash rootOf(int size) {
    var edge = countersign.verifier.tree.Edge.EMPTY;
    return edge.grow(
            made.log.events().subList(0, size).stream().map(e -> Hash.of(e.leaf().hash())).toList())
        .edge()
        .root();
  }

  private static String signed(Checkpoint checkpoint) {
    return signedNote(checkpoint).toString();
  }

  private static Note signedNote(Checkpoint checkpoint) {
    return new Note(checkpoint.text(), List.of(MadeLog.KEY.sign(checkpoint.text(), MadeLog.START)));
  }

  private static Signer other() {
    return MadeLog.signer(MadeLog.ORIGIN, VerifierKey.Type.NOTE, 9);
  }

  private static Policy policy(String text) throws Exception {
    return Policy.parse(text.getBytes(UTF_8));
  }

  static byte[] flip(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= 1;
    return flipped;
  }

  private static byte[] filled(byte[] bytes, int at, int count) {
    byte[] filled = bytes.clone();
    Arrays.fill(filled, at, at + count, (byte) 0xff);
    return filled;
  }

  private static byte[] concat(byte[] one, byte[] two) {
    byte[] all = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, all, one.length, two.length);
    return all;
  }

  private static byte[] find(byte[] in, String mark) {
    int at = new String(in, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(mark);
    return Arrays.copyOf(in, at);
  }
}
