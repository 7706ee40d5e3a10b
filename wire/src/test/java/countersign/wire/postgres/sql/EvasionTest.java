package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.operation.Effect;
import countersign.wire.postgres.RealPostgres;
import countersign.wire.postgres.RealSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Texts that hide what they do, on a server that has the objects they hide behind. Each gets the
 * effects it must have; what is read as a read is run, with every right there is and no read-only
 * transaction, and nothing may have changed.
 */
class EvasionTest {
  private static final String STATE =
      "SELECT (SELECT count(*) || ':' || coalesce(sum(v), 0) FROM public.t)"
          + " || (SELECT last_value || ' ' || is_called FROM public.s)"
          + " || (SELECT count(*) FROM pg_class) || (SELECT count(*) FROM pg_largeobject_metadata)"
          + " || (SELECT count(*) FROM pg_proc) || current_setting('search_path')"
          + " || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')";

  private static RealSession session;
  private static Catalogue catalogue;

  record Case(String must, String sql) {
    @Override
    public String toString() {
      return must + ": " + sql;
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = EvasionTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases =
        resource("evasions.txt")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> line.split(" \\| ", 2))
            .map(parts ->
                new Case(parts[0], parts[1].replace("«r»", "\r").replace("«nbsp»", "\u00a0")))
            .toList();
    assertThat(cases).hasSizeGreaterThan(500);
    return cases.stream();
  }

  @BeforeAll
  static void given() throws IOException {
    RealPostgres.shared().rows("create database evasions");
    session = new RealSession(RealPostgres.shared(), "evasions");
    session.must(resource("evasion-objects.sql"));
    catalogue = GivenCatalogue.of("evasions");
  }

  @AfterAll
  static void leave() throws IOException {
    if (session != null) {
      session.close();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheEffectsItMustHaveAndARedOneChangesNothing(Case example) throws IOException {
    Reading reading = GivenCatalogue.read(example.sql(), catalogue, catalogue.names());
    switch (example.must()) {
      case "none" -> assertThat(reading.effects()).isEmpty();
      case "read" -> assertThat(reading.effects()).containsExactly(Effect.read);
      case "refused" -> assertThat(reading.onlyReads()).isFalse();
      default -> assertThat(reading.effects()).containsAll(effects(example.must()));
    }
    if (reading.onlyReads() || reading.effects().isEmpty()) {
      String before = session.value(STATE);
      RealSession.Answer answer = session.run(example.sql());
      assertThat(answer.error()).as("error of the server").isNull();
      assertThat(session.value(STATE)).isEqualTo(before);
    }
  }

  private static Set<Effect> effects(String words) {
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    for (String word : words.split(" ")) {
      effects.add(Effect.valueOf(word));
    }
    return effects;
  }

  @Test
  void theTrapsAreReal() throws IOException {
    for (String sql :
        List.of(
            "SELECT * FROM v_nested",
            "SELECT 'x'::dom_over",
            "SELECT (1).f_wipe",
            "SELECT t.f_row FROM t",
            "SELECT to_json('a'::tagged)",
            "SELECT 1::money2",
            "SELECT agg_w(id) FROM t",
            "SELECT '[1,2]'::evil_range",
            "SELECT s FROM shaded ORDER BY s",
            "SELECT * FROM json_to_record('{\"b\":\"x\"}') AS r(b dom_w)")) {
      session.must("BEGIN");
      RealSession.Answer answer = session.run(sql);
      String left = session.value("SELECT count(*) FROM public.t");
      session.must("ROLLBACK");
      assertThat(answer.error()).as(sql).isNull();
      assertThat(left).as(sql).isEqualTo("0");
    }
  }

  /** The index is looked at once in a session, when its table is planned for the first time. */
  @Test
  void evenPlanningIsATrap() throws IOException {
    try (RealSession fresh = new RealSession(RealPostgres.shared(), "evasions")) {
      fresh.must("BEGIN");
      fresh.must("SELECT * FROM planned");
      assertThat(fresh.value("SELECT count(*) FROM public.t")).isEqualTo("0");
      fresh.must("ROLLBACK");
    }
  }

  @Test
  void aTextKnowsWhatItPreparedAndDeclared() {
    Reading reading =
        GivenCatalogue.read(
            "BEGIN; DECLARE c CURSOR FOR SELECT * FROM t; FETCH ALL FROM c; COMMIT",
            catalogue,
            catalogue.names());
    assertThat(reading.in(_ -> null, _ -> null).effects()).containsExactly(Effect.read);
    Reading deletes =
        GivenCatalogue.read("PREPARE p AS DELETE FROM t; EXECUTE p", catalogue, catalogue.names());
    assertThat(deletes.in(_ -> null, _ -> null).effects())
        .containsExactlyInAnyOrder(Effect.change, Effect.destroy);
    Reading executes = GivenCatalogue.read("EXECUTE p", catalogue, catalogue.names());
    assertThat(executes.in(_ -> Set.of(Effect.read), _ -> null).onlyReads()).isTrue();
    assertThat(executes.in(_ -> null, _ -> null).effects()).contains(Effect.unknown);
  }

  @Test
  void tablesThatTheSessionMadeAreReadAndNothingHidesBehindThem() {
    Names made = catalogue.names().with(Set.of(new Name("", "fresh"), new Name("", "v_evil")));
    assertThat(GivenCatalogue.read("SELECT * FROM fresh", catalogue, made).onlyReads()).isTrue();
    assertThat(GivenCatalogue.read("SELECT * FROM v_evil", catalogue, made).effects())
        .contains(Effect.unknown);
    assertThat(GivenCatalogue.read("SELECT 1::fresh", catalogue, made).effects())
        .contains(Effect.unknown);
    assertThat(GivenCatalogue.read("SELECT * FROM pg_temp.x", catalogue, made).effects())
        .contains(Effect.unknown);
  }

  @Test
  void namesRelationsByTheSchemaTheyAreFoundIn() {
    Reading reading =
        GivenCatalogue.read(
            "SELECT * FROM t JOIN evil.nobody n ON true", catalogue, catalogue.names());
    assertThat(reading.facts().relations()).containsExactly("public.t", "evil.nobody");
    assertThat(reading.missing()).isTrue();
  }

  @Test
  void withoutACatalogueNoNameIsKnown() {
    Names none = Names.UNTRUSTED;
    assertThat(GivenCatalogue.read("SELECT * FROM t", null, none).effects())
        .contains(Effect.unknown);
    assertThat(GivenCatalogue.read("SELECT 1 = 1", null, none).effects()).contains(Effect.unknown);
    assertThat(GivenCatalogue.read("SELECT 1", null, none).onlyReads()).isTrue();
    assertThat(GivenCatalogue.read("BEGIN", null, none).effects()).isEmpty();
  }
}
