package countersign.store.sealing;

/** Nothing is sealed any more for what was erased. */
public final class ScopeErased extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ScopeErased(String scope) {
    super(
        "session: " + scope + " was erased (expected: one that still has its key)",
        null,
        false,
        false);
  }
}
