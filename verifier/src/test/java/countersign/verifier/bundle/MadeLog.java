package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.json.Json;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A log with events in the shape of the gateway's, made the same every time. What it seals it seals
 * as the store does, in code of its own.
 */
final class MadeLog implements TileSource {
  static final String ORIGIN = "log.example/countersign";
  static final Instant START = Instant.parse("2026-11-21T02:25:41.000001Z");
  static final Signer KEY = signer(ORIGIN, VerifierKey.Type.NOTE, 1);
  static final Signer WITNESS = signer("witness.example/w1", VerifierKey.Type.COSIGNATURE, 2);
  static final Signer OTHER_WITNESS = signer("witness.example/w2", VerifierKey.Type.COSIGNATURE, 3);

  private final Signer signer;
  private final List<Made> events = new ArrayList<>();
  private final Map<Tile, byte[]> tiles = new TreeMap<>();
  private final Map<UUID, Long> next = new TreeMap<>();
  private Edge edge = Edge.EMPTY;

  /**
   * An event.
   *
   * @param about the session it is about, in its sequence or not
   */
  record Made(
      long position, Leaf leaf, byte[] clear, byte[] sealed, byte[] key, @Nullable UUID about) {

    BundleEvent disclosed() {
      return new BundleEvent(
          position,
          leaf.bytes(),
          sealed.length == 0
              ? new BundleEvent.Content.AllClear(clear)
              : new BundleEvent.Content.Disclosed(clear, sealed, key));
    }

    BundleEvent metadata() {
      return sealed.length == 0
          ? disclosed()
          : new BundleEvent(position, leaf.bytes(), new BundleEvent.Content.MetadataOnly(clear));
    }

    BundleEvent erased(long erasure) {
      return new BundleEvent(
          position, leaf.bytes(), new BundleEvent.Content.Erased(clear, erasure));
    }

    BundleEvent outOfScope() {
      return new BundleEvent(position, leaf.bytes(), new BundleEvent.Content.OutOfScope());
    }
  }

  MadeLog() {
    this(KEY);
  }

  MadeLog(Signer signer) {
    this.signer = signer;
  }

  static Signer signer(String name, VerifierKey.Type type, int seed) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) seed);
    return Signer.of(name, type, bytes);
  }

  static UUID session(int number) {
    return new UUID(0x01934c5e00007000L, 0x8000000000000000L + number);
  }

  /** Appends an event of a session's sequence. */
  Made of(UUID session, String type, Json clear, byte[] plain) {
    long seq = next.merge(session, 1L, Long::sum) - 1;
    return append(session, seq, session, type, clear, plain);
  }

  /** Appends an event that is about a session, or about none, and in no sequence. */
  Made about(@Nullable UUID session, String type, Json clear, byte[] plain) {
    return append(null, -1, session, type, clear, plain);
  }

  /** Appends an event with any number: what a store never would. */
  Made append(
      @Nullable UUID session,
      long seq,
      @Nullable UUID about,
      String type,
      Json clearHalf,
      byte[] plain) {
    long position = events.size();
    UUID id = new UUID(0x01934c5e7b007000L + position, 0x8def0123456789abL);
    byte[] clear = clearHalf.canonicalBytes();
    byte[] key = new byte[0];
    byte[] sealed = new byte[0];
    if (plain.length > 0) {
      key = Spool.sha256().digest(("key of " + position).getBytes(StandardCharsets.US_ASCII));
      sealed = seal(key, id, session, seq, type, plain);
    }
    Leaf leaf =
        new Leaf(
            id,
            type,
            1,
            session,
            seq,
            START.plusMillis(position),
            Spool.sha256().digest(clear),
            Spool.sha256().digest(sealed),
            key.length == 0 ? key : Leaf.commitment(key));
    Edge.Growth growth = edge.grow(List.of(Hash.of(leaf.hash())));
    growth.complete().forEach(kept -> tiles.put(kept.tile(), kept.bytes()));
    growth.partial().forEach(kept -> tiles.put(kept.tile(), kept.bytes()));
    edge = growth.edge();
    Made made = new Made(position, leaf, clear, sealed, key, about);
    events.add(made);
    return made;
  }

  List<Made> events() {
    return events;
  }

  long size() {
    return events.size();
  }

  /** The head, signed by the log and cosigned by the witness. */
  Note checkpoint() {
    String text = new Checkpoint(signer.verifier().name(), edge.size(), edge.root()).text();
    return new Note(text, List.of(signer.sign(text, START)))
        .with(List.of(WITNESS.sign(text, Instant.parse("2026-11-21T03:00:00Z"))));
  }

  /** The log as a bundle needs it. */
  BundleLog at(Note checkpoint, List<Note> earlier) {
    return new BundleLog(
        signer.verifier(),
        checkpoint,
        this,
        earlier,
        Optional.empty(),
        Optional.empty(),
        signer::signBytes);
  }

  @Override
  public byte[] read(Tile tile) throws IOException {
    byte[] bytes = tiles.get(tile);
    if (bytes == null) {
      throw new IOException(tile.path() + ": not there");
    }
    return bytes;
  }

  private static byte[] seal(
      byte[] key, UUID id, @Nullable UUID session, long seq, String type, byte[] plain) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer associated = ByteBuffer.allocate(44 + name.length);
    associated.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    associated.putInt(1);
    associated.putLong(session == null ? 0 : session.getMostSignificantBits());
    associated.putLong(session == null ? 0 : session.getLeastSignificantBits());
    associated.putLong(seq).put(name);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(128, new byte[12]));
      cipher.updateAAD(associated.array());
      return cipher.doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
