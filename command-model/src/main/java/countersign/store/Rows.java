package countersign.store;

import countersign.event.Event;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.store.group.Row;
import countersign.store.sealing.Envelope;
import countersign.store.sealing.KeyStore;
import countersign.store.sealing.Sealer;
import countersign.store.sealing.SealingKey;
import countersign.store.shape.EventType;
import countersign.store.shape.EventTypes;
import countersign.verifier.Leaf;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Between events and rows of the table: JSON, sealing, leaf. Thread-safe. */
final class Rows {
  private static final Logger LOG = Logger.getLogger(Rows.class);
  private static final ThreadLocal<MessageDigest> SHA = ThreadLocal.withInitial(Rows::sha256);

  private static final byte[] NOTHING = new byte[0];

  private final EventTypes types;
  private final KeyStore keys;
  private final Sealer sealer;

  Rows(EventTypes types, KeyStore keys, Sealer sealer) {
    this.types = types;
    this.keys = keys;
    this.sealer = sealer;
  }

  /** A row and the key that sealed it, null when nothing is sealed. */
  record Made(Row row, @Nullable SealingKey key) {}

  /**
   * Writes and seals.
   *
   * @throws IllegalArgumentException if the event cannot be written
   */
  Made make(Draft draft, UUID id, Instant now, List<String> tags) {
    EventType type = types.of(draft.event());
    EventType.Halves halves = type.write(draft.event());
    UUID session = draft.session() == null ? null : draft.session().value();
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    Instant at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    SealingKey key = null;
    byte[] sealed = halves.sealed();
    byte[] commitment = null;
    if (sealed.length > 0) {
      key = keys.keyFor(draft.scope());
      Envelope envelope =
          new Envelope(id, type.name(), type.version(), session, draft.sessionSeq());
      Sealer.Sealed made = sealer.seal(key, envelope, sealed);
      sealed = made.bytes();
      commitment = made.commitment();
    }
    MessageDigest sha = SHA.get();
    Leaf leaf =
        new Leaf(
            id,
            type.name(),
            type.version(),
            session,
            draft.sessionSeq(),
            at,
            sha.digest(halves.clear()),
            sha.digest(sealed),
            commitment == null ? NOTHING : commitment);
    Row row =
        new Row(
            id,
            type.name(),
            type.version(),
            session,
            draft.sessionSeq(),
            micros,
            tags,
            new String(halves.clear(), StandardCharsets.UTF_8),
            sealed,
            key == null ? null : key.id(),
            commitment,
            leaf.hash());
    return new Made(row, key);
  }

  /** The event of a row as following the log would give it. */
  static StoredEvent stored(long position, Row row, Draft draft) {
    return new StoredEvent(
        position,
        row.id(),
        row.type(),
        row.version(),
        draft.session(),
        draft.sessionSeq(),
        Instant.EPOCH.plus(row.micros(), ChronoUnit.MICROS),
        draft.tags(),
        withoutFrames(draft.event()));
  }

  private static Event withoutFrames(Event event) {
    return event instanceof SegmentRecorded s
        ? new SegmentRecorded(
            s.session(),
            s.number(),
            s.inFrom(),
            s.inLength(),
            s.outFrom(),
            s.outLength(),
            s.fromMicros(),
            s.toMicros(),
            NOTHING)
        : event;
  }

  /** Columns that {@link #read} takes, in its order. */
  static final String COLUMNS =
      "e.position, e.id, e.type, e.version, e.session, e.session_seq, e.at, e.tags, e.clear,"
          + " e.sealed, e.key_id";

  /** The same columns; the sealed bytes of a segment, which are its frames, stay where they are. */
  static final String COLUMNS_WITHOUT_FRAMES =
      "e.position, e.id, e.type, e.version, e.session, e.session_seq, e.at, e.tags, e.clear,"
          + " case e.type when 'SegmentRecorded' then '' else e.sealed end as sealed,"
          + " case e.type when 'SegmentRecorded' then null else e.key_id end as key_id";

  /** Opens a row. What cannot be opened or read becomes {@link StoredEvent.Unreadable}. */
  StoredEvent read(io.vertx.sqlclient.Row row) {
    UUID session = row.getUUID(4);
    Long seq = row.getLong(5);
    OffsetDateTime at = row.getOffsetDateTime(6);
    Envelope envelope =
        new Envelope(
            row.getUUID(1), row.getString(2), row.getInteger(3), session, seq == null ? -1 : seq);
    return new StoredEvent(
        row.getLong(0),
        envelope.id(),
        envelope.type(),
        envelope.version(),
        session == null ? null : new SessionId(session),
        envelope.sessionSeq(),
        at.toInstant(),
        Set.of(row.getArrayOfStrings(7)),
        open(envelope, row.getString(8), row.getBuffer(9), row.getUUID(10)));
  }

  private Event open(Envelope envelope, String clear, Buffer sealed, @Nullable UUID keyId) {
    Optional<EventType> type = types.find(envelope.type(), envelope.version());
    if (type.isEmpty()) {
      return unreadable(envelope, clear, "unknown", "no such type in this release");
    }
    byte[] plain = sealed.getBytes();
    if (keyId != null) {
      Optional<SealingKey> key = keys.find(keyId);
      if (key.isEmpty()) {
        return keys.erased(keyId)
            ? new StoredEvent.Unreadable(envelope.type(), clear, "erased")
            : unreadable(envelope, clear, "lost", "its key is in no file of the key store");
      }
      Optional<byte[]> opened = sealer.open(key.get(), envelope, plain);
      if (opened.isEmpty()) {
        return unreadable(envelope, clear, "tampered", "sealed bytes or envelope were changed");
      }
      plain = opened.get();
    }
    try {
      return type.get().read(clear.getBytes(StandardCharsets.UTF_8), plain);
    } catch (IOException e) {
      return unreadable(envelope, clear, "unknown", e.getMessage());
    }
  }

  private static Event unreadable(
      Envelope envelope, String clear, String why, @Nullable String detail) {
    LOG.errorf(
        "event=%s type=%s unreadable=%s detail=%s", envelope.id(), envelope.type(), why, detail);
    return new StoredEvent.Unreadable(envelope.type(), clear, why);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
