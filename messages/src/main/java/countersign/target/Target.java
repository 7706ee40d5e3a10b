package countersign.target;

import countersign.operation.Effect;
import java.util.List;
import java.util.Set;

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
   */
  public record Credential(String username, String passwordReference) {}

  /**
   * What holds for everyone on a target.
   *
   * @param blocks effects nobody has here
   * @param recording loss contract
   */
  public record Protection(List<Block> blocks, Recording recording) {
    public Protection {
      blocks = List.copyOf(blocks);
    }
  }

  /** Effects blocked for everyone, with words for the caller. */
  public record Block(Set<Effect> effects, String message) {
    public Block {
      effects = Set.copyOf(effects);
    }
  }

  /** The loss contract of a target. */
  public enum Recording {
    statement,
    strict,
    buffered
  }
}
