package countersign.target;

import countersign.operation.Effect;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A system to be operated.
 *
 * @param name unique name; what a caller gives as {@code dbname}
 * @param type {@code postgres}
 * @param host host name or address
 * @param port TCP port
 * @param database database used when the caller names none
 * @param tls how the target is dialled
 * @param listen TCP port of its own at the edge, 0 for none
 * @param credential how the edge logs in
 * @param protection what holds for everyone
 */
public record Target(
    String name,
    String type,
    String host,
    int port,
    String database,
    Tls tls,
    int listen,
    Credential credential,
    Protection protection) {

  /** libpq's words for it. */
  public enum Tls {
    disable,
    prefer,
    require,
    verifyCa,
    verifyFull
  }

  /**
   * A login whose secret is only a reference; the secret itself is resolved on the edge that uses
   * it and never stored.
   *
   * @param username login name at the target
   * @param passwordReference such as {@code ${env:ORDERS_PW}}
   * @param lease whether a session that writes nothing without asking gets a role made for it alone
   * @param readOnly who a session logs in as that may only read and has no role leased to it; null
   *     for this login
   */
  public record Credential(
      String username, String passwordReference, Lease lease, @Nullable Login readOnly) {
    @SuppressWarnings("NullAway") // events of versions 1 and 2 say nothing of leases
    public Credential {
      lease = lease == null ? Lease.disable : lease;
    }

    /** One that every session uses. */
    public Credential(String username, String passwordReference) {
      this(username, passwordReference, Lease.disable, null);
    }
  }

  /**
   * A stored role.
   *
   * @param username login name at the target
   * @param passwordReference such as {@code ${env:READER_PW}}
   */
  public record Login(String username, String passwordReference) {}

  /** Whether roles are leased, in libpq's words for what may be missing. */
  public enum Lease {
    /** None is made. */
    disable,
    /** One is made where the target lets the credential do so. */
    prefer,
    /** No session that writes nothing without asking begins without one. */
    require
  }

  /**
   * What holds for everyone on a target.
   *
   * @param blocks effects nobody has here
   * @param recording loss contract
   * @param masks values that are masked; all of them apply
   */
  public record Protection(List<Block> blocks, Recording recording, List<Mask> masks) {
    @SuppressWarnings("NullAway") // events of version 1 say nothing of masks
    public Protection {
      blocks = List.copyOf(blocks);
      masks = masks == null ? List.of() : List.copyOf(masks);
    }

    /** Without masks. */
    public Protection(List<Block> blocks, Recording recording) {
      this(blocks, recording, List.of());
    }
  }

  /**
   * What is masked for everyone, and how.
   *
   * @param columns globs over {@code schema.relation.column}, {@code relation.column} or {@code
   *     column}; empty when {@code detect} says what
   * @param detect what is looked for in every value, in the words of the configuration
   * @param with {@code hide}, {@code last4}, {@code hash} or {@code null}
   * @param shownOnly whether the columns may only be shown: no statement may decide or compute with
   *     them
   */
  public record Mask(List<String> columns, List<String> detect, String with, boolean shownOnly) {
    public Mask {
      columns = List.copyOf(columns);
      detect = List.copyOf(detect);
    }

    /** One whose columns may be computed with. */
    public Mask(List<String> columns, List<String> detect, String with) {
      this(columns, detect, with, false);
    }
  }

  /** Effects blocked for everyone, with words for the caller. */
  public record Block(Set<Effect> effects, String message) {
    public Block {
      effects = Set.copyOf(effects);
    }
  }

  /**
   * The loss contract: what may be missing from the record after a crash. {@code strict}: nothing
   * that a caller or target ever saw. {@code statement}: at most 250 ms of an answer's bytes.
   * {@code buffered}: at most 250 ms of plain reads and bytes, and only where duties ask for it.
   */
  public enum Recording {
    statement,
    strict,
    buffered
  }
}
