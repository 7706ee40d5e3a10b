package countersign.wire.postgres.sql;

import java.util.List;
import java.util.Set;

/**
 * What names without a schema mean in a session. Compared by value, so it can be part of a key.
 *
 * @param path schemas of the search path that exist, in order; {@code pg_catalog} only where it is
 *     written in the path
 * @param trusted whether the path is known and no code of unknown effect has run; false makes every
 *     name without a schema unknown
 * @param created plain tables that the session itself made, perhaps in a transaction that nobody
 *     else sees yet, perhaps temporary
 */
public record Names(List<String> path, boolean trusted, Set<Name> created) {
  /** Nothing is known. */
  public static final Names UNTRUSTED = new Names(List.of(), false, Set.of());

  public Names {
    path = List.copyOf(path);
    created = Set.copyOf(created);
  }

  /** The same, after something that may have changed what names mean. */
  public Names untrusted() {
    return trusted ? new Names(path, false, created) : this;
  }

  /** The same, after tables were made. */
  public Names with(Set<Name> more) {
    if (created.containsAll(more)) {
      return this;
    }
    Set<Name> all = new java.util.HashSet<>(created);
    all.addAll(more);
    return new Names(path, trusted, all);
  }
}
