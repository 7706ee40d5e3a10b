package countersign.approval.write;

import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who is one person: what a quorum counts. */
public final class People {
  private People() {}

  /**
   * Whether two accounts belong to one person: the same account, linked accounts, or accounts with
   * the same verified e-mail address. When in doubt they are one.
   */
  public static boolean same(Rulebook rulebook, Principal.Hop one, Principal.Hop other) {
    return sameAccount(one, other)
        || one.person().equals(other.person())
        || (!one.email().isEmpty() && fold(one.email()).equals(fold(other.email())))
        || rulebook.people().stream().anyMatch(person -> has(person, one) && has(person, other));
  }

  /** Whether somebody is among those who answered. */
  public static boolean among(Rulebook rulebook, List<Principal> answered, Principal who) {
    return answered.stream().anyMatch(by -> same(rulebook, by.acting(), who.acting()));
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

  private static boolean sameAccount(Principal.Hop one, Principal.Hop other) {
    return one.issuer().equals(other.issuer()) && one.subject().equals(other.subject());
  }

  private static boolean has(Rulebook.Person person, Principal.Hop hop) {
    return person.name().equals(hop.person())
        || person.accounts().contains(new Rulebook.Account(hop.issuer(), hop.subject()));
  }

  private static String fold(String email) {
    return email.toLowerCase(Locale.ROOT);
  }
}
