package countersign.deciding;

import countersign.approval.HeldOperation;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.identity.Principal.Hop;
import countersign.identity.Principal.Kind;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may answer a held operation: a person of the asked groups who has no part in it. Powers over
 * Countersign itself give nothing here.
 */
public final class Eligibility {
  private Eligibility() {}

  /**
   * Says why somebody may not approve, deny or modify a held operation.
   *
   * @param rulebook the rules in force now, for linked accounts and owners
   * @param held what is asked, with who asks
   * @param approver who wants to answer
   * @return the reason in words for the approver, empty when he may
   */
  public static Optional<String> refusal(
      Rulebook rulebook, HeldOperation held, Principal approver) {
    Hop acting = approver.acting();
    if (acting.kind() != Kind.human || isAgent(rulebook, acting)) {
      Kind kind = acting.kind() == Kind.human ? Kind.agent : acting.kind();
      return Optional.of(acting.name() + " is an " + kind + ": only people approve");
    }
    if (approver.delegated() || approver.chain().size() > 1) {
      return Optional.of(
          "the token is delegated (" + approver.path() + "): approve with a sign-in of your own");
    }
    return part(rulebook, held.principal(), acting)
        .or(() -> owner(rulebook, held.principal(), acting))
        .or(() -> group(held, acting));
  }

  /**
   * Says whether two approvers count as one: the same person, linked accounts, or the same verified
   * e-mail address. For counting a quorum.
   */
  public static boolean samePerson(Rulebook rulebook, Principal one, Principal other) {
    return common(rulebook, one.acting(), other.acting()).isPresent();
  }

  private static Optional<String> part(Rulebook rulebook, Principal asking, Hop approver) {
    for (Hop hop : asking.chain()) {
      Optional<String> common = common(rulebook, hop, approver);
      if (common.isPresent()) {
        String role = hop.equals(asking.acting()) ? "asked for it" : "is in the chain";
        String who = hop.name().equals(approver.name()) ? approver.name() : hop.name();
        return Optional.of(
            who
                + " "
                + role
                + " ("
                + asking.path()
                + ", "
                + common.get()
                + "): nobody approves their own");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> owner(Rulebook rulebook, Principal asking, Hop approver) {
    Set<String> names = names(rulebook, approver);
    for (Hop hop : asking.chain()) {
      for (String owner : owners(rulebook, hop)) {
        if (names.contains(owner)) {
          return Optional.of(
              approver.name()
                  + " owns "
                  + hop.name()
                  + " ("
                  + asking.path()
                  + "): the owner of an agent in the chain does not approve");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> group(HeldOperation held, Hop approver) {
    if (held.hold().by().isEmpty()) {
      return Optional.of(held.rule() + " names no group that may approve");
    }
    if (held.hold().by().stream().noneMatch(approver.groups()::contains)) {
      return Optional.of(outside(approver, held.hold().by()));
    }
    return held.hold().andBy().stream()
        .filter(also -> also.stream().noneMatch(approver.groups()::contains))
        .findFirst()
        .map(also -> outside(approver, also));
  }

  private static String outside(Hop approver, Set<String> asked) {
    return approver.name() + " is not in " + Words.groups(asked) + ", who are asked";
  }

  /** What makes two accounts one person, in words; empty when nothing does. */
  private static Optional<String> common(Rulebook rulebook, Hop one, Hop other) {
    if (!one.subject().isEmpty()
        && one.issuer().equals(other.issuer())
        && one.subject().equals(other.subject())) {
      return Optional.of("same account");
    }
    Set<String> names = names(rulebook, one);
    names.retainAll(names(rulebook, other));
    if (!names.isEmpty()) {
      return Optional.of(one.name().equals(other.name()) ? "same name" : "same person");
    }
    return !one.email().isBlank() && email(one).equals(email(other))
        ? Optional.of("same verified e-mail address")
        : Optional.empty();
  }

  private static String email(Hop hop) {
    return hop.email().strip().toLowerCase(Locale.ROOT);
  }

  /** Every name somebody is known by: the account's, the person's, and the linked person's. */
  private static Set<String> names(Rulebook rulebook, Hop hop) {
    Set<String> names = new HashSet<>();
    names.add(hop.name());
    names.add(hop.person());
    for (Rulebook.Person person : rulebook.people()) {
      boolean linked =
          person.accounts().contains(new Rulebook.Account(hop.issuer(), hop.subject()));
      if (linked || names.contains(person.name())) {
        names.add(person.name());
      }
    }
    names.remove("");
    return names;
  }

  /** Who answers for an agent: its owner, and the owner's owner if that is an agent, too. */
  private static Set<String> owners(Rulebook rulebook, Hop hop) {
    Set<String> owners = new HashSet<>();
    Set<String> known = names(rulebook, hop);
    if (!hop.owner().isEmpty()) {
      owners.add(hop.owner());
    }
    boolean grew = true;
    while (grew) {
      grew = false;
      for (Rulebook.Agent agent : rulebook.agents()) {
        if (known.contains(agent.name()) || owners.contains(agent.name())) {
          grew |= owners.add(agent.owner());
        }
      }
    }
    return owners;
  }

  private static boolean isAgent(Rulebook rulebook, Hop hop) {
    return rulebook.agents().stream().anyMatch(agent -> agent.name().equals(hop.name()));
  }
}
