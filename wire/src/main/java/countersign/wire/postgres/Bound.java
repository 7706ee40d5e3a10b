package countersign.wire.postgres;

/** How long a message may be, and whether it may pass without being held whole. */
enum Bound {
  /** Carries names and numbers only. */
  small(false),
  /** Authentication. */
  authentication(false),
  /** Must be judged or understood whole. */
  whole(false),
  /** May be long; passes in chunks when it is. */
  large(true),
  /** Rows and copy data: may pass as runs. */
  rows(true);

  final boolean mayPass;

  Bound(boolean mayPass) {
    this.mayPass = mayPass;
  }

  int most(Limits limits) {
    return switch (this) {
      case small -> Limits.SMALL;
      case authentication -> Limits.AUTHENTICATION;
      case whole -> limits.whole();
      case large, rows -> Limits.LARGE;
    };
  }
}
