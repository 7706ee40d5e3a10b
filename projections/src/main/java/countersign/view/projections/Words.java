package countersign.view.projections;

import countersign.identity.Principal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Values as rows hold them. */
public final class Words {
  private Words() {}

  /** PostgreSQL's text takes every character but U+0000; that one is shown as U+FFFD. */
  public static String text(String any) {
    return any.indexOf('\u0000') < 0 ? any : any.replace('\u0000', '\uFFFD');
  }

  /** A timestamptz holds microseconds; cut before it rounds. */
  public static Instant time(Instant at) {
    return at.truncatedTo(ChronoUnit.MICROS);
  }

  /** Names from who started it to who acts. */
  public static List<String> chain(Principal principal) {
    return principal.chain().stream().map(hop -> text(hop.name())).toList();
  }

  /** Everybody who may see what this principal does as their own. */
  public static List<String> people(Principal principal) {
    Set<String> names = new LinkedHashSet<>();
    for (Principal.Hop hop : principal.chain()) {
      names.add(text(hop.name()));
      names.add(text(hop.person()));
      if (!hop.owner().isEmpty()) {
        names.add(text(hop.owner()));
      }
    }
    return List.copyOf(names);
  }

  /** Names of enum constants, sorted so that a rebuild gives equal rows. */
  public static List<String> sorted(Collection<? extends Enum<?>> constants) {
    return constants.stream().sorted().map(Enum::name).toList();
  }
}
