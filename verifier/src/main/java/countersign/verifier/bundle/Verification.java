package countersign.verifier.bundle;

import static countersign.verifier.bundle.Report.Aspect.COMPLETENESS;
import static countersign.verifier.bundle.Report.Aspect.IDENTITY;
import static countersign.verifier.bundle.Report.Aspect.INTEGRITY;
import static countersign.verifier.bundle.Report.Aspect.TIME;
import static countersign.verifier.bundle.Report.Outcome.CLAIMED;
import static countersign.verifier.bundle.Report.Outcome.INCOMPLETE;
import static countersign.verifier.bundle.Report.Outcome.PROVEN;
import static countersign.verifier.bundle.Report.Outcome.TAMPERED;
import static countersign.verifier.bundle.Report.Outcome.UNTRUSTED;

import countersign.verifier.Malformed;
import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Ed25519;
import countersign.verifier.note.Note;
import countersign.verifier.note.Policy;
import countersign.verifier.note.TlogProof;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.TileNodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks a bundle: every file against the manifest, the manifest against the log's key, every leaf
 * against the checkpoint, every event against its leaf, every recording and sum against the events.
 * It reads the bundle and what the verifying person brings along, and nothing else; no network.
 * Memory does not grow with the content. Not thread-safe.
 */
public final class Verification {
  private static final int MOST_MANIFEST = 64 << 20;
  private static final String CHECKPOINT = "log/checkpoint";
  private final ZipReader zip;
  private final Trust trust;
  private final Progress progress;
  private final Report report = new Report();

  private Verification(ZipReader zip, Trust trust, Progress progress) {
    this.zip = zip;
    this.trust = trust;
    this.progress = progress;
  }

  /**
   * Checks a bundle.
   *
   * @throws IOException when the file cannot be read at all; a file that can be read and is no
   *     bundle is tampered with
   */
  public static Report of(Path bundle, Trust trust, Progress progress) throws IOException {
    Report unread = new Report();
    try (ZipReader zip = new ZipReader(bundle)) {
      Verification verification = new Verification(zip, trust, progress);
      verification.run();
      return verification.report;
    } catch (ZipReader.Damaged e) {
      unread.add(INTEGRITY, TAMPERED, String.valueOf(e.getMessage()));
      return unread;
    }
  }

  private void run() throws IOException {
    try {
      Manifest manifest = Manifest.read(zip, MOST_MANIFEST);
      manifest.checkFiles(zip, progress);
      report.add(
          INTEGRITY, PROVEN, zip.entries().size() + " files are those that the manifest lists");
      Note note = note(CHECKPOINT);
      Checkpoint head = Checkpoint.parse(note.text());
      VerifierKey key = key(note, head);
      if (!manifest.checkpoint().equals(head)) {
        throw new Malformed("checkpoint: the manifest names another");
      }
      Statement.check(
          zip.bytes("MANIFEST.dsse.json", MOST_MANIFEST * 2),
          manifest.bytes(),
          manifest.predicate(),
          key);
      report.add(INTEGRITY, PROVEN, "the manifest is signed by the log's key");
      Tiles tiles = new Tiles(zip, head);
      EventsCheck events = new EventsCheck(zip, tiles, manifest, report, progress);
      events.run();
      proofs(note, tiles);
      consistency(note, head);
      identity(note, key);
      since(head, tiles);
      new TimeCheck(zip, trust, report).run(note);
    } catch (Malformed | ZipReader.Damaged e) {
      report.add(INTEGRITY, TAMPERED, String.valueOf(e.getMessage()));
      for (Report.Aspect aspect : List.of(COMPLETENESS, TIME, IDENTITY)) {
        report.add(aspect, CLAIMED, "not looked at to the end, because of the above");
      }
    }
  }

  private VerifierKey key(Note note, Checkpoint head) throws IOException, Malformed {
    String vkey = new String(zip.bytes("log/log.vkey", 1024), StandardCharsets.UTF_8);
    VerifierKey key = VerifierKey.parse(vkey.strip());
    String pem = new String(zip.bytes("log/log.pem", 1024), StandardCharsets.US_ASCII);
    if (key.type() != VerifierKey.Type.NOTE
        || !key.name().equals(head.origin())
        || !pem.equals(Ed25519.pem(key.key()))
        || !vkey.equals(key + "\n")) {
      throw new Malformed("log/log.vkey: not the key of " + Malformed.shown(head.origin()));
    }
    if (!note.signedBy(key)) {
      throw new Malformed("log/checkpoint: not signed by the key in log/log.vkey");
    }
    report.add(
        INTEGRITY,
        PROVEN,
        "checkpoint of %d leaves of %s, root %s, is signed"
            .formatted(head.size(), head.origin(), head.root()));
    return key;
  }

  private void identity(Note note, VerifierKey key) throws Malformed {
    if (trust.policy().isEmpty()) {
      report.add(
          IDENTITY,
          CLAIMED,
          "not anchored: the key "
              + key
              + " is the bundle's own claim; give --policy with the key you know");
      return;
    }
    Policy policy = trust.policy().get();
    Policy.Vouched vouched = policy.check(note);
    if (policy.logs().stream().noneMatch(log -> log.key().equals(key))) {
      report.add(IDENTITY, UNTRUSTED, "the policy does not name the log's key " + key);
    } else {
      report.add(IDENTITY, PROVEN, "the policy names the log's key " + key);
    }
    if (!vouched.quorum()) {
      report.add(
          IDENTITY,
          UNTRUSTED,
          "quorum %s is not met: cosigned by %s"
              .formatted(policy.quorum(), vouched.witnessed().keySet()));
    } else if (!policy.quorum().equals("none")) {
      report.add(
          IDENTITY,
          PROVEN,
          "quorum %s is met: cosigned by %s"
              .formatted(policy.quorum(), vouched.witnessed().keySet()));
    }
    vouched
        .witnessed()
        .forEach((witness, at) ->
            report.add(TIME, PROVEN, "witness " + witness + " saw this tree by " + at));
  }

  private void proofs(Note note, Tiles tiles) throws IOException, Malformed {
    long proven = 0;
    for (String name : zip.entries().keySet()) {
      if (name.startsWith("proofs/")) {
        TlogProof proof = TlogProof.parse(zip.bytes(name, Note.LONGEST));
        if (!name.equals("proofs/" + proof.index() + ".tlog-proof")
            || !proof.checkpoint().toString().equals(note.toString())
            || !proof.proves(tiles.leaf(proof.index()))) {
          throw new Malformed(name + ": does not prove its leaf in log/checkpoint");
        }
        proven++;
      }
    }
    if (proven > 0) {
      report.add(INTEGRITY, PROVEN, proven + " proofs of single leaves are good");
    }
  }

  /** What the bundle says itself about earlier trees. */
  private void consistency(Note note, Checkpoint head) throws IOException, Malformed {
    for (String name : zip.entries().keySet()) {
      if (name.startsWith("log/consistency_")) {
        AddCheckpoint proof = AddCheckpoint.parse(zip.bytes(name, Note.LONGEST));
        if (!name.equals(consistencyName(proof.old(), head.size()))
            || !proof.checkpoint().toString().equals(note.toString())) {
          throw new Malformed(name + ": not a proof to log/checkpoint");
        }
      }
    }
    if (zip.entries().containsKey("log/checkpoint-start")) {
      Note start = note("log/checkpoint-start");
      VerifierKey key = VerifierKey.parse(text("log/log.vkey").strip());
      if (!start.signedBy(key)) {
        throw new Malformed("log/checkpoint-start: not signed by the log's key");
      }
      Checkpoint old = Checkpoint.parse(start.text());
      if (!grew(old, head, shipped(old, head))) {
        throw new Malformed("log/checkpoint-start: the log did not only grow since");
      }
      report.add(INTEGRITY, PROVEN, "the log only grew since it had " + old.size() + " leaves");
    }
  }

  /** What the verifying person kept. */
  private void since(Checkpoint head, Tiles tiles) throws IOException, Malformed {
    if (trust.since().isEmpty()) {
      return;
    }
    Checkpoint kept = Checkpoint.parse(trust.since().get().text());
    if (kept.size() > head.size()) {
      throw new Malformed(
          "log went back: you kept a checkpoint of %d leaves, the bundle's has %d (a bundle made before"
                  .formatted(kept.size(), head.size())
              + " yours must be checked against one of its time)");
    }
    Optional<List<Hash>> proof = proof(kept, head, tiles);
    if (proof.isEmpty()) {
      report.add(
          INTEGRITY,
          INCOMPLETE,
          "the bundle has no proof from your checkpoint of %d leaves: export it with that checkpoint"
              .formatted(kept.size()));
    } else if (grew(kept, head, proof.get())) {
      report.add(INTEGRITY, PROVEN, "the log only grew since your checkpoint of " + kept.size());
    } else {
      throw new Malformed(
          "log: not the one of your checkpoint of %d leaves, or its history was rewritten"
              .formatted(kept.size()));
    }
  }

  private Optional<List<Hash>> proof(Checkpoint kept, Checkpoint head, Tiles tiles)
      throws IOException, Malformed {
    // Equal sizes, and the empty tree, need no proof.
    if (kept.size() == 0 || kept.size() == head.size()) {
      return Optional.of(List.of());
    }
    if (zip.entries().containsKey(consistencyName(kept.size(), head.size()))) {
      return Optional.of(shipped(kept, head));
    }
    try {
      return Optional.of(
          Proofs.consistency(kept.size(), head.size(), new TileNodes(head.size(), tiles)));
    } catch (ZipReader.Damaged tileNotInBundle) {
      return Optional.empty();
    }
  }

  private List<Hash> shipped(Checkpoint old, Checkpoint head) throws IOException, Malformed {
    String name = consistencyName(old.size(), head.size());
    return AddCheckpoint.parse(zip.bytes(name, Note.LONGEST)).proof();
  }

  private static boolean grew(Checkpoint old, Checkpoint head, List<Hash> proof) {
    return old.origin().equals(head.origin())
        && (old.size() == 0
            || Proofs.consistent(old.size(), head.size(), old.root(), head.root(), proof));
  }

  private static String consistencyName(long old, long size) {
    return "log/consistency_" + old + "_" + size + ".txt";
  }

  private Note note(String name) throws IOException, Malformed {
    return Note.parse(zip.bytes(name, Note.LONGEST));
  }

  private String text(String name) throws IOException {
    return new String(zip.bytes(name, 1024), StandardCharsets.UTF_8);
  }
}
