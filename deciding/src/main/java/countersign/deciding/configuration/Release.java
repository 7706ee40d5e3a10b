package countersign.deciding.configuration;

/** Releases that bring keys the contract names already. */
enum Release {
  evidence("0.2 (evidence)"),
  postgres("0.3 (PostgreSQL edge, whole)"),
  identity("0.4 (identity, grants and conflicts)"),
  ssh("0.5 (SSH edge)"),
  kubernetes("0.6 (Kubernetes edge)");

  private final String words;

  Release(String words) {
    this.words = words;
  }

  /** Such as {@code comes with release 0.5 (SSH edge)}. */
  String comes() {
    return "comes with release " + words;
  }
}
