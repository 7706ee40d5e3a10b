package countersign.duty;

import countersign.target.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a decision needs, at one moment; immutable.
 *
 * @param version position of the newest event it holds; -1 when there is none
 * @param duties duties by name
 * @param targets targets by name
 * @param people linked accounts
 * @param agents owners of agents
 * @param powers powers to groups
 */
public record Rulebook(
    long version,
    Map<String, Duty> duties,
    Map<String, Target> targets,
    List<Person> people,
    List<Agent> agents,
    Map<String, Set<String>> powers) {

  /** Nothing declared: everything is blocked. */
  public static final Rulebook EMPTY =
      new Rulebook(-1, Map.of(), Map.of(), List.of(), List.of(), Map.of());

  public Rulebook {
    duties = Map.copyOf(duties);
    targets = Map.copyOf(targets);
    people = List.copyOf(people);
    agents = List.copyOf(agents);
    powers = Map.copyOf(powers);
  }

  /** Returns the target of that name. */
  public Optional<Target> target(String name) {
    return Optional.ofNullable(targets.get(name));
  }

  /** One person behind several accounts. */
  public record Person(String name, List<Account> accounts) {
    public Person {
      accounts = List.copyOf(accounts);
    }
  }

  /** An account at an identity provider. */
  public record Account(String issuer, String subject) {}

  /** An agent and the person who answers for it. */
  public record Agent(String name, String owner) {}
}
