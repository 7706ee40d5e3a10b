package countersign.app.demo;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The people and agents of the demo; the demo's identity provider vouches for nobody else. */
public final class DemoPeople {
  private DemoPeople() {}

  /**
   * Somebody to sign in as.
   *
   * @param name name and subject
   * @param kind {@code human} or {@code agent}
   * @param groups groups in the token
   * @param owner person who answers for an agent, empty for people
   * @param via who delegated to whom before this one acts, outermost starter first; empty for none
   * @param may what the demo's duties let them do, in words
   */
  public record Person(
      String name, String kind, List<String> groups, String owner, List<String> via, String may) {}

  /** Everybody, in the order of the printed links. */
  public static final List<Person> ALL =
      List.of(
          new Person(
              "agent-ada",
              "agent",
              List.of("ai-agents"),
              "alice",
              List.of(),
              "reads; create, change, destroy and schema are held; program and privilege blocked"),
          new Person(
              "agent-bot",
              "agent",
              List.of("ai-agents"),
              "alice",
              List.of("alice", "agent-ada"),
              "what alice, agent-ada and agent-bot may all do"),
          human("alice", "engineers", "reads, creates and changes; schema and destroy are held"),
          human("bob", "approvers", "approves what is not his"),
          human("carol", "approvers", "approves what is not hers"),
          human("dana", "compliance", "sees metadata of everything; opens content for a purpose"),
          human("erin", "admins", "manages targets and duties; approves nothing"),
          human("frank", "responders", "replays and follows; approves and configures nothing"));

  private static Person human(String name, String group, String may) {
    return new Person(name, "human", List.of(group), "", List.of(), may);
  }

  /** Finds one by name. */
  public static Optional<Person> named(@Nullable String name) {
    return ALL.stream().filter(person -> person.name().equals(name)).findFirst();
  }
}
