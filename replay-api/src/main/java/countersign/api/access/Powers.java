package countersign.api.access;

import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Principal;
import java.util.Arrays;
import java.util.Collections;

/** Powers over Countersign itself. */
public final class Powers {
  private Powers() {}

  /**
   * Checks that somebody holds one of these powers.
   *
   * @throws ProblemException {@code forbidden}
   */
  public static void require(Principal principal, String... oneOf) {
    if (Collections.disjoint(principal.powers(), Arrays.asList(oneOf))) {
      throw new ProblemException(
          Problem.Kind.forbidden,
          "by: "
              + principal.name()
              + " (expected: somebody with the power "
              + String.join(" or ", oneOf)
              + ")");
    }
  }
}
