package countersign.app.identity;

import countersign.deciding.configuration.ClaimMapping;
import countersign.deciding.configuration.Configuration.Oidc;
import countersign.duty.Rulebook;
import countersign.identity.Authentication.Refused;
import countersign.identity.Principal;
import countersign.identity.Principal.Hop;
import countersign.identity.Principal.Kind;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a principal of verified claims. {@code sub} is who started it; the outermost {@code act}
 * (RFC 8693 §4.1) is who acts now, and each {@code act} inside it who acted before: {@code
 * sub=alice, act={sub: agent-bot, act: {sub: agent-ada}}} reads {@code alice → agent-ada →
 * agent-bot}. Pure; every refusal is a {@link Refused} that repeats names, never the token.
 */
final class Chain {
  private static final int MOST_HOPS = 8;

  /** Names end up in logs, SQL identifiers and on screens: no control or quoting characters. */
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._@:/|+=,~%#-]{1,200}");

  private final Oidc issuer;
  private final boolean firstIssuer;
  private final Rulebook rulebook;

  /**
   * Chains of one issuer's tokens.
   *
   * @param firstIssuer whether it is the first one configured, whose subjects are names as they are
   */
  Chain(Oidc issuer, boolean firstIssuer, Rulebook rulebook) {
    this.issuer = issuer;
    this.firstIssuer = firstIssuer;
    this.rulebook = rulebook;
  }

  /** Makes the principal. */
  Principal principal(Map<String, Object> claims, Instant expires) {
    List<Hop> chain = new ArrayList<>();
    chain.add(hop(claims, "sub"));
    List<Hop> actors = new ArrayList<>();
    Object act = claims.get("act");
    boolean delegated = claims.containsKey("act");
    while (act != null) {
      if (actors.size() + 2 > MOST_HOPS) {
        throw new Refused("token: act nested deeper than " + (MOST_HOPS - 1) + " is not taken");
      }
      Map<String, Object> actor = object(act);
      actors.addFirst(actor(actor));
      act = actor.get("act");
    }
    chain.addAll(actors);
    return new Principal(chain, powers(chain), delegated, expires);
  }

  private static Map<String, Object> object(Object act) {
    if (!(act instanceof Map<?, ?> map)) {
      throw new Refused("token: act is not an object (expected: {\"sub\": …}, RFC 8693)");
    }
    Map<String, Object> claims = new HashMap<>();
    map.forEach((name, value) -> claims.put(String.valueOf(name), value));
    return claims;
  }

  /** An actor is vouched for by the token's own issuer; what it says of another's is hearsay. */
  private Hop actor(Map<String, Object> claims) {
    Object other = claims.get("iss");
    if (other != null && !other.equals(issuer.issuer())) {
      throw new Refused("token: act of another issuer (expected: " + issuer.issuer() + ")");
    }
    Map<String, Object> whole = new HashMap<>(claims);
    whole.put("iss", issuer.issuer());
    Hop hop = hop(whole, "act.sub");
    if (hop.groups().isEmpty() && agent(hop.name()).isEmpty()) {
      throw new Refused(
          "token: act "
              + hop.name()
              + " cannot be verified (expected: its groups in the act claim, or its name under"
              + " agents:)");
    }
    return hop;
  }

  private Hop hop(Map<String, Object> claims, String where) {
    if (!(claims.get("sub") instanceof String subject) || !NAME.matcher(subject).matches()) {
      throw new Refused(
          "token: " + where + " (expected: 1 to 200 letters, digits or ._@:/|+=,~%#-)");
    }
    Optional<Rulebook.Person> linked = linked(subject);
    String name = linked.map(Rulebook.Person::name).orElseGet(() -> ownName(subject));
    ClaimMapping.Mapped mapped = ClaimMapping.map(issuer.map(), claims);
    Optional<Rulebook.Agent> declared = agent(name);
    Kind kind =
        declared.isPresent()
            ? Kind.agent
            : claims.get("kind") instanceof String said
                ? stricter(mapped.kind(), said)
                : mapped.kind();
    String owner =
        kind == Kind.human
            ? ""
            : declared.map(Rulebook.Agent::owner).orElseGet(() -> owner(claims));
    if (kind == Kind.agent && owner.isEmpty()) {
      // Without an owner nobody could tell that an approver answers to himself.
      throw new Refused(
          "token: agent "
              + name
              + " has no owner (expected: {name: "
              + name
              + ", owner: …} under agents:)");
    }
    return new Hop(
        name, name, kind, mapped.groups(), owner, issuer.issuer(), subject, email(claims));
  }

  /** What the issuer says makes a human an agent, never an agent a human. */
  private static Kind stricter(Kind mapped, String said) {
    return mapped != Kind.human
        ? mapped
        : switch (said) {
          case "agent" -> Kind.agent;
          case "pipeline" -> Kind.pipeline;
          default -> Kind.human;
        };
  }

  private Optional<Rulebook.Person> linked(String subject) {
    Rulebook.Account account = new Rulebook.Account(issuer.issuer(), subject);
    return rulebook.people().stream().filter(p -> p.accounts().contains(account)).findFirst();
  }

  private Optional<Rulebook.Agent> agent(String name) {
    return rulebook.agents().stream().filter(a -> a.name().equals(name)).findFirst();
  }

  /** Subjects are unique at one issuer only: those of further issuers carry its host. */
  private String ownName(String subject) {
    String name = firstIssuer ? subject : subject + "@" + URI.create(issuer.issuer()).getHost();
    if (rulebook.people().stream().anyMatch(p -> p.name().equals(name))) {
      throw new Refused(
          "token: "
              + name
              + " at "
              + issuer.issuer()
              + " is not an account of the person of that name (expected: it listed under people:)");
    }
    return name;
  }

  private static String owner(Map<String, Object> claims) {
    return claims.get("owner") instanceof String owner && NAME.matcher(owner).matches()
        ? owner
        : "";
  }

  private static String email(Map<String, Object> claims) {
    return Boolean.TRUE.equals(claims.get("email_verified"))
            && claims.get("email") instanceof String email
            && email.length() <= 254
        ? email
        : "";
  }

  /** A chain has a power only when every hop has it. */
  private Set<String> powers(List<Hop> chain) {
    Set<String> powers = new HashSet<>();
    rulebook
        .powers()
        .forEach((power, groups) -> {
          if (chain.stream().allMatch(hop -> hop.groups().stream().anyMatch(groups::contains))) {
            powers.add(power);
          }
        });
    return powers;
  }
}
