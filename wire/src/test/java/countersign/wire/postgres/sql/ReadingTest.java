package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.operation.Effect;
import countersign.wire.postgres.RealPostgres;
import countersign.wire.postgres.RealSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReadingTest {

  record Case(String kind, String sql) {
    @Override
    public String toString() {
      return kind + ": " + sql;
    }
  }

  /** Lines of {@code effects | SQL}; backslash n, r, v and u escapes stand for characters. */
  static Stream<Case> cases() throws IOException {
    try (InputStream in = ReadingTest.class.getResourceAsStream("readings.txt")) {
      List<Case> cases =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.split(" \\| ", 2))
              .map(parts -> new Case(parts[0].strip(), unescape(parts[1])))
              .toList();
      assertThat(cases).hasSizeGreaterThan(200);
      return cases.stream();
    }
  }

  private static String unescape(String sql) {
    return sql.replace("«n»", "\n")
        .replace("«r»", "\r")
        .replace("«v»", "\u000b")
        .replace("«nbsp»", "\u00a0")
        .replace("«bom»", "\ufeff")
        .replace("«zwsp»", "\u200b")
        .replace("«wide(»", "\uff08")
        .replace("«0»", "\0");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsWhatAStatementDoes(Case example) {
    Set<Effect> effects = read(example.sql()).effects();
    if (example.kind().equals("none")) {
      assertThat(effects).isEmpty();
    } else if (example.kind().startsWith("+")) {
      assertThat(effects).containsAll(effects(example.kind().substring(1)));
    } else {
      assertThat(effects).isEqualTo(effects(example.kind()));
    }
  }

  private static Set<Effect> effects(String words) {
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    Arrays.stream(words.split(" ")).map(Effect::valueOf).forEach(effects::add);
    return effects;
  }

  private static Catalogue catalogue;

  @BeforeAll
  static void given() throws IOException {
    RealPostgres.shared().rows("create database readings");
    try (RealSession session = new RealSession(RealPostgres.shared(), "readings")) {
      session.must("create table t(a int, b text); create table payments(id int, amount int)");
      session.must("create schema secret; create table secret.people(ssn text)");
    }
    catalogue = GivenCatalogue.of("readings");
  }

  private static Reading read(String sql) {
    return read(sql, catalogue.names());
  }

  private static Reading read(String sql, Names names) {
    return GivenCatalogue.read(sql, catalogue, names);
  }

  @Test
  void splitsAsTheServerDoes() {
    assertThat(
            read("select ';' ; select $a$;$b$;$a$ -- ;\n; select \";\" /* ; /* ; */ ; */ ; ;")
                .facts()
                .statements())
        .containsExactly("select ';'", "select $a$;$b$;$a$ -- ;", "select \";\" /* ; /* ; */ ; */");
  }

  @Test
  void namesRelationsAsTheCatalogueDoes() {
    assertThat(
            read("SELECT * FROM Public.Payments p, \"Odd\".\"a.b\" JOIN ONLY c ON (true) LEFT JOIN"
                    + " (select 1 from d) x ON true, (e cross join f), lateral (table g) h WHERE a IN"
                    + " (select b from i) and extract(epoch from now()) > 1 and j is distinct from"
                    + " k union table l")
                .facts()
                .relations())
        .containsExactly("public.payments", "\"Odd\".\"a.b\"", "c", "d", "e", "f", "g", "i", "l");
    assertThat(read("delete from only a using b, c where a.x = b.x").facts().relations())
        .containsExactly("a", "b", "c");
    assertThat(read("update a set x = (select max(y) from b) from c").facts().relations())
        .containsExactly("a", "b", "c");
    assertThat(read("insert into a select * from b").facts().relations()).containsExactly("a", "b");
    assertThat(read("truncate table a, only b").facts().relations()).containsExactly("a", "b");
    assertThat(read("copy (select * from a) to stdout").facts().relations()).containsExactly("a");
    assertThat(read("drop table if exists a, b cascade").facts().relations())
        .containsExactly("a", "b");
    assertThat(read("select 1 as distinct from secrets").facts().relations())
        .containsExactly("secrets");
    assertThat(read("select count(*) from payments").facts().functions()).containsExactly("count");
  }

  @Test
  void knowsTransactionControl() {
    assertThat(read("begin isolation level serializable, read only").statements().getFirst())
        .isEqualTo(
            new Statement.Transaction(
                Statement.Verb.begin,
                Statement.Access.readOnly,
                "begin isolation level serializable, read only"));
    assertThat(read("rollback to savepoint a").statements().getFirst())
        .isInstanceOfSatisfying(
            Statement.Transaction.class,
            t -> assertThat(t.verb()).isEqualTo(Statement.Verb.rollbackTo));
  }

  @Test
  void knowsItsOwnSettingsOnlyWhenAlone() {
    assertThat(read("set countersign.reason to 'it''s me'").statements().getFirst())
        .isEqualTo(
            new Statement.Own(
                Statement.OwnVerb.set,
                "reason",
                "it's me",
                "set countersign.reason to 'it''s me'"));
    assertThat(read("SHOW Countersign.May;").statements().getFirst())
        .isEqualTo(new Statement.Own(Statement.OwnVerb.show, "may", "", "SHOW Countersign.May"));
    assertThat(read("reset countersign.wait").statements().getFirst())
        .isEqualTo(
            new Statement.Own(Statement.OwnVerb.reset, "wait", "", "reset countersign.wait"));
    assertThat(read("set countersign.reason='a'; select 1").effects())
        .contains(Effect.unknown, Effect.session);
  }

  @Test
  void trustsNoNameOnceTheSearchPathMayHaveChanged() {
    for (String sql :
        List.of(
            "set search_path to evil, pg_catalog",
            "SET \"search_path\" = evil",
            "set schema 'evil'",
            "select set_config('search_path', 'evil', false)",
            "reset all",
            "discard all",
            "do $$begin end$$")) {
      assertThat(read(sql).aftermath().touchesNames()).as(sql).isTrue();
    }
    assertThat(read("select count(*) from t").aftermath().touchesNames()).isFalse();
    Names doubtful = catalogue.names().untrusted();
    for (String sql :
        List.of(
            "select lower('a')",
            "select 1 = 1",
            "select 'a'::text",
            "select 1 in (1)",
            "select * from t",
            "select distinct 1",
            "select 1 union select 2")) {
      assertThat(read(sql, doubtful).effects()).as(sql).contains(Effect.unknown);
    }
    assertThat(read("select *, a::int, pg_catalog.lower(b) from public.t", doubtful).onlyReads())
        .isTrue();
    assertThat(read("set search_path = evil; select lower('x')").statements().getLast().effects())
        .contains(Effect.unknown);
  }

  @Test
  void neverThrowsWhateverTheTokens() {
    String[] words = {
      "select",
      "from",
      "where",
      "(",
      ")",
      "[",
      "]",
      ",",
      ";",
      ".",
      "*",
      "a",
      "\"b\"",
      "'c'",
      "::",
      "text",
      "as",
      "cast",
      "insert",
      "into",
      "values",
      "update",
      "set",
      "delete",
      "using",
      "copy",
      "to",
      "stdout",
      "stdin",
      "program",
      "with",
      "for",
      "on",
      "distinct",
      "join",
      "only",
      "explain",
      "analyze",
      "create",
      "table",
      "drop",
      "begin",
      "commit",
      "rollback",
      "show",
      "reset",
      "1",
      "$1",
      "=",
      "countersign",
      "like",
      "not",
      "operator",
      "pg_catalog",
      "array",
      "interval",
      "time",
      "zone"
    };
    Random random = new Random(11);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder sql = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        sql.append(words[random.nextInt(words.length)]).append(random.nextInt(4) == 0 ? "" : " ");
      }
      assertThat(read(sql.toString())).isNotNull();
    }
  }
}
