package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.postgres.RealPostgres;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the published lists against the catalogue of a real server. */
class HarmlessTest {
  private static Set<String> names(String sql) {
    return new HashSet<>(RealPostgres.shared().rows(sql));
  }

  private static Set<String> without(Set<String> all, Set<String> known) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(known);
    return rest;
  }

  @Test
  void listsOnlyFunctionsThatTheServerCallsImmutableOrStable() {
    Set<String> volatileOnes =
        names(
            "select distinct proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace"
                + " and provolatile = 'v'");
    assertThat(Harmless.FUNCTIONS).doesNotContainAnyElementsOf(volatileOnes);
    assertThat(without(Harmless.VOLATILE_FUNCTIONS, volatileOnes)).isEmpty();
  }

  @Test
  void listsOnlyFunctionsThatExist() {
    Set<String> all =
        names(
            "select distinct proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace");
    assertThat(without(Harmless.FUNCTIONS, all)).isEmpty();
  }

  @Test
  void listsOnlyBuiltInTypesThatAreNoDomains() {
    Set<String> all =
        names(
            "select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace"
                + " and typtype in ('b', 'r', 'm')");
    assertThat(without(Harmless.TYPES, all)).isEmpty();
  }
}
