package countersign.edge.protocol.postgres;

import countersign.deciding.LeaseScope;
import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.edge.gate.Caller;
import countersign.identity.Principal;
import countersign.target.Target;
import countersign.wire.postgres.ErrorFields;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may begin a session on which target. Pure. It only keeps out who has nothing to do there;
 * what may be done is decided for each operation.
 */
sealed interface Admission {

  /**
   * Let in.
   *
   * @param scope what the session may read where it may do nothing else and the target has another
   *     login for such sessions; null otherwise
   */
  record Admitted(Caller caller, Target target, @Nullable LeaseScope scope) implements Admission {}

  /** Not let in, with words. */
  record Refused(ErrorFields words) implements Admission {}

  /**
   * Judges a startup message.
   *
   * @param parameters its parameters
   * @param ownTarget target whose own port was dialled, null on the shared port
   */
  static Admission of(
      Rulebook rulebook,
      Principal principal,
      Map<String, String> parameters,
      @Nullable String ownTarget) {
    String user = parameters.getOrDefault("user", "");
    if (!user.equals(principal.name())) {
      return new Refused(
          Words.fatal(
              "28000",
              "user: " + user + " (expected: " + principal.name() + ", or a role of your duties)"));
    }
    String given = parameters.getOrDefault("database", "");
    String database = given.isEmpty() ? user : given;
    int slash = ownTarget == null ? database.indexOf('/') : -1;
    String name =
        ownTarget != null ? ownTarget : slash < 0 ? database : database.substring(0, slash);
    Target target = rulebook.targets().get(name);
    if (target == null || !target.type().equals("postgres")) {
      return unknown(rulebook, principal, name);
    }
    if (!hasDuty(rulebook, principal, name)) {
      return new Refused(
          Words.fatal("42501", "no duty of " + principal.name() + " names the target " + name)
              .withHint(targetsOf(rulebook, principal)));
    }
    String inside = ownTarget != null ? database : slash < 0 ? "" : database.substring(slash + 1);
    String chosen =
        inside.isEmpty() || ownTarget != null && given.isEmpty() ? target.database() : inside;
    Target.Credential credential = target.credential();
    Target.Login readOnly = credential.readOnly();
    boolean leases = credential.lease() != Target.Lease.disable;
    LeaseScope scope =
        leases || readOnly != null
            ? LeaseScope.of(rulebook, principal, name)
                .filter(reads -> leases || !reads.holdsMore())
                .orElse(null)
            : null;
    String role =
        scope != null && readOnly != null && !leases ? readOnly.username() : credential.username();
    return new Admitted(new Caller(principal, name, chosen, role, "postgres"), target, scope);
  }

  private static Refused unknown(Rulebook rulebook, Principal principal, String name) {
    return new Refused(
        Words.fatal("3D000", "target: " + name + " (expected: a target of your duties)")
            .withHint(targetsOf(rulebook, principal)));
  }

  private static String targetsOf(Rulebook rulebook, Principal principal) {
    List<String> names =
        rulebook.targets().keySet().stream()
            .filter(name -> hasDuty(rulebook, principal, name))
            .sorted()
            .toList();
    return names.isEmpty()
        ? "Your duties name no target."
        : "Targets of your duties: " + String.join(", ", names) + ".";
  }

  private static boolean hasDuty(Rulebook rulebook, Principal principal, String target) {
    for (Duty duty : rulebook.duties().values()) {
      boolean named = duty.targets().stream().anyMatch(glob -> matches(glob, target));
      if (named
          && principal.chain().stream()
              .anyMatch(hop -> !Collections.disjoint(hop.groups(), duty.groups()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String glob, String name) {
    StringBuilder pattern = new StringBuilder();
    glob.chars()
        .forEach(c ->
            pattern.append(
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                }));
    return name.matches(pattern.toString());
  }
}
