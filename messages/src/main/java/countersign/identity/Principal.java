package countersign.identity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * An authenticated human, agent or pipeline with its delegation chain.
 *
 * @param chain who started it first, who acts last; never empty. A principal nobody delegated to
 *     has a chain of one
 * @param powers powers over Countersign itself ({@code administer}, {@code audit}, {@code respond})
 * @param delegated true when the token carried an {@code act} claim, whatever the chain's length
 * @param expires when the proof of identity ends
 */
public record Principal(List<Hop> chain, Set<String> powers, boolean delegated, Instant expires) {
  public Principal {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: [] (expected: at least the acting principal)");
    }
    chain = List.copyOf(chain);
    powers = Set.copyOf(powers);
  }

  /** Who acts: the last hop. */
  @JsonIgnore
  public Hop acting() {
    return chain.getLast();
  }

  /** Name of who acts. */
  @JsonIgnore
  public String name() {
    return acting().name();
  }

  /** The chain as people read it: {@code alice → agent-ada → agent-bot}. */
  @JsonIgnore
  public String path() {
    return String.join(" → ", chain.stream().map(Hop::name).toList());
  }

  /**
   * One member of a chain.
   *
   * @param name name in Countersign
   * @param person the person behind the account: linked accounts share one. For agents and
   *     pipelines the name itself
   * @param kind what it is
   * @param groups groups it belongs to
   * @param owner name of the person who owns an agent, empty for people
   * @param issuer issuer of the identity
   * @param subject subject at the issuer
   * @param email verified e-mail address, empty when there is none
   */
  public record Hop(
      String name,
      String person,
      Kind kind,
      Set<String> groups,
      String owner,
      String issuer,
      String subject,
      String email) {
    public Hop {
      groups = Set.copyOf(groups);
    }
  }

  /** What stands behind a hop. */
  public enum Kind {
    human,
    agent,
    pipeline
  }
}
