package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.operation.Effect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SmallReadingTest {

  record Case(String kind, String sql) {
    @Override
    public String toString() {
      return kind + ": " + sql;
    }
  }

  /** Lines of {@code effects | SQL}; backslash n, r, v and u escapes stand for characters. */
  static Stream<Case> cases() throws IOException {
    try (InputStream in = SmallReadingTest.class.getResourceAsStream("readings.txt")) {
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
    Set<Effect> effects = SmallReading.read(example.sql(), true).effects();
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

  private static Reading read(String sql) {
    return SmallReading.read(sql, true);
  }

  @Test
  void splitsAsTheServerDoes() {
    assertThat(
            read("select ';' ; select $a$;$b$;$a$ -- ;\n; select \";\" /* ; /* ; */ ; */ ; ;")
                .facts()
                .statements())
        .containsExactly("select ';'", "select $a$;$b$;$a$", "select \";\"");
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
        .containsExactly("public.payments", "Odd.\"a.b\"", "c", "d", "e", "f", "g", "i", "l");
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
            "do $$begin end$$",
            "execute p")) {
      assertThat(read(sql).touchesNames()).as(sql).isTrue();
    }
    assertThat(read("select count(*) from t").touchesNames()).isFalse();
    assertThat(SmallReading.read("select lower(a) from t", true, false).effects())
        .contains(Effect.unknown);
    assertThat(SmallReading.read("select a = 1 from t", true, false).effects())
        .contains(Effect.unknown);
    assertThat(SmallReading.read("select a::text from t", true, false).effects())
        .contains(Effect.unknown);
    assertThat(SmallReading.read("select a in (1) from t", true, false).effects())
        .contains(Effect.unknown);
    assertThat(
            SmallReading.read("select *, a::int, pg_catalog.lower(b) from t", true, false)
                .onlyReads())
        .isTrue();
    assertThat(read("set search_path = evil; select lower('x')").statements().getLast().effects())
        .contains(Effect.unknown);
  }

  @Test
  void refusesBackslashesWhenTheServerWouldReadThemAsEscapes() {
    String sql = "select 'a\\'; delete from t; --'";
    assertThat(SmallReading.read(sql, true).effects()).contains(Effect.destroy);
    assertThat(SmallReading.read(sql, false).effects()).contains(Effect.unknown);
    assertThat(SmallReading.read("select 'plain'", false).onlyReads()).isTrue();
  }

  @Test
  void staysFastAndCalmOnHostileTexts() {
    int size = SmallReading.LONGEST - 10;
    List<String> hostile =
        List.of(
            "(".repeat(size),
            "/*".repeat(size / 2),
            "select " + "1+".repeat(size / 2 - 10) + "1",
            ";".repeat(size),
            "select 1;".repeat(size / 9),
            "'".repeat(size - 1),
            "select " + "a.".repeat(size / 2 - 10) + "b",
            "$a$".repeat(size / 3),
            "$".repeat(size),
            "select f" + "(a".repeat(size / 2 - 10),
            "select * from " + "a,".repeat(size / 2 - 20) + "b",
            "select e'" + "\\'".repeat(size / 2 - 10) + "'",
            "--".repeat(size / 2),
            "+".repeat(size),
            "+-".repeat(size / 2),
            "explain ".repeat(size / 8),
            "copy (".repeat(size / 6),
            "begin read only,".repeat(size / 16),
            "x".repeat(SmallReading.LONGEST + 1));
    for (String sql : hostile) {
      long begin = System.nanoTime();
      Reading reading = read(sql);
      double millis = (System.nanoTime() - begin) / 1e6;
      assertThat(millis).as(sql.substring(0, 20)).isLessThan(3_000);
      assertThat(reading).isNotNull();
    }
    assertThat(read("x".repeat(SmallReading.LONGEST + 1)).effects()).contains(Effect.unknown);
    assertThat(read("(".repeat(300) + ")".repeat(300)).effects()).contains(Effect.unknown);
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
    for (int round = 0; round < 100_000; round++) {
      StringBuilder sql = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        sql.append(words[random.nextInt(words.length)]).append(random.nextInt(4) == 0 ? "" : " ");
      }
      assertThat(read(sql.toString())).isNotNull();
    }
  }
}
