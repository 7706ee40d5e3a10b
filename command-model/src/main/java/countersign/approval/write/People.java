package countersign.approval.write;

import countersign.deciding.Eligibility;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who is one person: what a quorum counts, and who a session belongs to. Pure. */
public final class People {
  private People() {}

  /** Whether somebody is, by any of his accounts, among those who answered. */
  public static boolean among(Rulebook rulebook, List<Principal> answered, Principal who) {
    return answered.stream().anyMatch(by -> Eligibility.samePerson(rulebook, by, who));
  }

  /** How many people stand behind these principals. */
  public static int count(Rulebook rulebook, List<Principal> principals) {
    List<Principal> distinct = new ArrayList<>();
    for (Principal principal : principals) {
      if (!among(rulebook, distinct, principal)) {
        distinct.add(principal);
      }
    }
    return distinct.size();
  }

  /** Whether somebody is in a chain, or owns an agent in it. */
  public static boolean own(Rulebook rulebook, Principal principal, Principal by) {
    Principal.Hop acting = by.acting();
    return principal.chain().stream()
        .anyMatch(hop ->
            Eligibility.samePerson(rulebook, alone(hop, principal), by)
                || (acting.kind() == Principal.Kind.human && owns(rulebook, acting, hop)));
  }

  private static boolean owns(Rulebook rulebook, Principal.Hop owner, Principal.Hop agent) {
    return answersFor(owner, agent.owner())
        || rulebook.agents().stream()
            .anyMatch(
                known -> known.name().equals(agent.name()) && answersFor(owner, known.owner()));
  }

  private static boolean answersFor(Principal.Hop owner, String name) {
    return !name.isEmpty() && (name.equals(owner.name()) || name.equals(owner.person()));
  }

  private static Principal alone(Principal.Hop hop, Principal of) {
    return new Principal(List.of(hop), Set.of(), false, of.expires());
  }
}
