package countersign.api.access;

import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Principal;
import countersign.view.ApprovalView;
import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.Views;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Who may see what.
 *
 * <ul>
 *   <li>{@code respond}, {@code audit} and {@code administer} see the metadata of everything;
 *       everybody else sees sessions and approvals of their own (they, or an agent they own, are in
 *       the chain) and those where an approval asked one of their groups.
 *   <li>Content, what was typed or seen, is for responders, for the session's own people and for
 *       whom an approval of it asked; for {@code audit} with a stated purpose; never for {@code
 *       administer} alone.
 * </ul>
 *
 * <p>What somebody may not see is, to them, not there.
 */
@ApplicationScoped
public class Visibility {
  private final Views views;

  /** Asks these. */
  @Inject
  public Visibility(Views views) {
    this.views = views;
  }

  /** Whether the metadata of everything is open to this principal. */
  public boolean seesEverything(Principal principal) {
    return !Collections.disjoint(principal.powers(), Set.of("respond", "audit", "administer"));
  }

  /** Narrows a list's filter to what this principal may see. */
  public Map<String, String> narrow(Principal principal, Map<String, String> filter) {
    if (seesEverything(principal)) {
      return filter;
    }
    Map<String, String> narrowed = new HashMap<>(filter);
    narrowed.put("seenBy", lines(names(principal)));
    narrowed.put("askedOf", lines(principal.acting().groups()));
    return narrowed;
  }

  /** The session, if there is one that this principal may see. */
  public SessionView session(Principal principal, String id) {
    SessionView session = Stages.await(views.session(id)).orElseThrow(Visibility::notThere);
    if (!Stages.await(sees(principal, session))) {
      throw notThere();
    }
    return session;
  }

  /** The approval, if there is one that this principal may see. */
  public ApprovalView approval(Principal principal, String id) {
    ApprovalView approval = Stages.await(views.approval(id)).orElseThrow(Visibility::notThere);
    if (!seesEverything(principal) && !involved(principal, approval)) {
      throw notThere();
    }
    return approval;
  }

  /** Whether this principal may know of a session. */
  public CompletionStage<Boolean> sees(Principal principal, SessionView session) {
    return seesEverything(principal)
        ? CompletableFuture.completedFuture(true)
        : involved(principal, session);
  }

  /**
   * Checks that content of a session may be opened.
   *
   * @param purpose stated purpose, empty for none
   * @throws ProblemException {@code erased}, {@code purposeRequired} or {@code forbidden}
   */
  public void requireContent(Principal principal, SessionView session, String purpose) {
    requireNotErased(session);
    if (principal.powers().contains("respond") || Stages.await(involved(principal, session))) {
      return;
    }
    requirePurpose(principal, purpose);
  }

  /** Fails with {@code erased} when nothing of a session is left. */
  public static void requireNotErased(SessionView session) {
    if (session.erasedAt() != null) {
      throw new ProblemException(
          Problem.Kind.erased, "session " + session.id() + " was erased: nothing of it is left");
    }
  }

  /** Whether the text of an approval is for this principal. */
  public boolean mayRead(Principal principal, ApprovalView approval, String purpose) {
    return principal.powers().contains("respond")
        || involved(principal, approval)
        || (principal.powers().contains("audit") && !purpose.isBlank());
  }

  /** Whether this principal asked, or was asked. */
  public boolean involved(Principal principal, ApprovalView approval) {
    return own(principal, approval.people())
        || !Collections.disjoint(approval.by(), principal.acting().groups());
  }

  private CompletionStage<Boolean> involved(Principal principal, SessionView session) {
    if (own(principal, session.people())) {
      return CompletableFuture.completedFuture(true);
    }
    Map<String, String> asked =
        Map.of(
            "session",
            session.id(),
            "seenBy",
            lines(names(principal)),
            "askedOf",
            lines(principal.acting().groups()));
    return views
        .approvals(asked, new Page.Request(1, null, ""))
        .thenApply(page -> !page.items().isEmpty());
  }

  private static void requirePurpose(Principal principal, String purpose) {
    if (!principal.powers().contains("audit")) {
      throw new ProblemException(
          Problem.Kind.forbidden, "content is not for the power to administer");
    }
    if (purpose.isBlank()) {
      throw new ProblemException(
          Problem.Kind.purposeRequired, "purpose: absent (expected: why you open it)");
    }
  }

  private static boolean own(Principal principal, Collection<String> people) {
    return !Collections.disjoint(people, names(principal));
  }

  private static Set<String> names(Principal principal) {
    Set<String> names = new LinkedHashSet<>();
    names.add(principal.acting().name());
    names.add(principal.acting().person());
    return names;
  }

  /** One a line; a name that holds a line break would read as two, and is nobody's. */
  private static String lines(Collection<String> names) {
    return names.stream()
        .filter(name -> name.indexOf('\n') < 0 && name.indexOf('\u0000') < 0)
        .collect(Collectors.joining("\n"));
  }

  private static ProblemException notThere() {
    return new ProblemException(
        Problem.Kind.notFound, "there is nothing of that id that you may see");
  }
}
