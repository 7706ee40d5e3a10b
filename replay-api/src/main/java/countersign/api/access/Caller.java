package countersign.api.access;

import countersign.identity.Principal;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Who asks, known once {@link AuthenticationFilter} let the request in. */
@RequestScoped
public class Caller {
  private @Nullable Principal principal;

  /** The principal. */
  public Principal principal() {
    if (principal == null) {
      throw new IllegalStateException("caller: not authenticated (expected: after the filter)");
    }
    return principal;
  }

  void is(Principal authenticated) {
    principal = authenticated;
  }
}
