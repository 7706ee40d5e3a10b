package countersign.deciding.configuration;

import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.retention.RetentionRules;
import countersign.target.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file, read and found right. Holds references to secrets, never secrets.
 *
 * @param file name of the file, for messages
 * @param sha256 of the file's bytes, lower-case hex
 * @param listen where Countersign listens
 * @param store the event store's PostgreSQL; null for the embedded one
 * @param keys references to keys
 * @param powers {@code administer}, {@code audit}, {@code respond} to the groups that hold them
 * @param dualControl always false in this release
 * @param secrets the only names that {@code ${env:}} and {@code ${file:}} may reach
 * @param oidc identity providers
 * @param people linked accounts
 * @param agents owners of agents
 * @param targets targets
 * @param duties duties
 * @param witnesses who cosigns the log's checkpoints
 * @param retention how long sessions are kept
 */
public record Configuration(
    String file,
    String sha256,
    Listen listen,
    @Nullable Store store,
    Keys keys,
    Map<String, Set<String>> powers,
    boolean dualControl,
    Set<String> secrets,
    List<Oidc> oidc,
    List<Rulebook.Person> people,
    List<Rulebook.Agent> agents,
    List<Target> targets,
    List<Duty> duties,
    List<Witness> witnesses,
    RetentionRules retention) {

  /**
   * Where Countersign listens.
   *
   * @param publicUrl what links start with, without a trailing slash; empty when not set
   * @param bind address to bind, {@code 127.0.0.1} when not set
   * @param tls certificate and key files; null when the edge makes its own
   * @param plaintextLoopback whether plain TCP is taken on the loopback address
   */
  public record Listen(
      String publicUrl, String bind, @Nullable Tls tls, boolean plaintextLoopback) {}

  /** Paths of PEM files. */
  public record Tls(String cert, String key) {}

  /**
   * The event store's own PostgreSQL.
   *
   * @param url {@code postgresql://host[:port]/database}
   * @param password a reference such as {@code ${env:STORE_PW}}
   */
  public record Store(String url, String username, String password) {}

  /**
   * References to keys.
   *
   * @param master the master key, empty for one that Countersign makes in its data directory
   * @param signer the log's key, empty for one that Countersign makes in its data directory
   */
  public record Keys(String master, String signer) {}

  /**
   * A witness of the log.
   *
   * @param url what {@code /add-checkpoint} is below of, without a trailing slash
   * @param key its verification key; empty when it is asked for and pinned
   */
  public record Witness(String url, String key) {}

  /** An identity provider. */
  public record Oidc(String issuer, String audience, List<ClaimMapping.Rule> map) {}
}
