package countersign.view.projections;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far one segment of a processor has come, and which process works on it. */
@Entity
@Table(schema = "view", name = "tokens")
@IdClass(TokenRow.Key.class)
@SuppressWarnings("NullAway.Init")
class TokenRow {
  @Id String processor;
  @Id int segment;
  int mask;
  long position;
  @Nullable String owner;

  @Column(name = "claimed_at")
  Instant claimedAt;

  TokenRow() {}

  TokenRow(String processor, int segment, int mask, long position) {
    this.processor = processor;
    this.segment = segment;
    this.mask = mask;
    this.position = position;
    this.claimedAt = Instant.EPOCH;
  }

  /** Whether this process may work on it: its own, nobody's, or of a process that went silent. */
  boolean claimableBy(String node, Instant silentSince) {
    return owner == null || owner.equals(node) || claimedAt.isBefore(silentSince);
  }

  /** Identifies a row. */
  record Key(String processor, int segment) implements Serializable {}
}
