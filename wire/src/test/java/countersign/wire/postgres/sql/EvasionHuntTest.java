package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.postgres.RealPostgres;
import countersign.wire.postgres.RealSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hunts for texts that are read as "only reads" and change something all the same. The server has a
 * function and a domain that advance a sequence under every keyword that can be a name; random
 * texts that the reading lets through are run, and the sequence must not move. {@code
 * -Dlong=reading} hunts longer.
 */
class EvasionHuntTest {
  private static final String[] WORDS =
      ("select from t a b c u ( ) , 1 'x' $$x$$ E'x' as where and or not like in between is null"
              + " distinct on group order by limit union all join cross left using cast :: text int"
              + " interval date time zone at with ordinality array [ ] case when then else end"
              + " exists any = + - * || over filter within partition rows range row values table"
              + " lateral only collate \"C\" escape similar to for lower count max coalesce extract"
              + " epoch substring position overlay placing trim both grouping sets window w fetch"
              + " first next ties offset having except intersect operator pg_catalog . national"
              + " character varying double precision numeric t.a t.* generate_series unnest 1.5"
              + " asymmetric symmetric overlaps unknown document nullif greatest explain verbose"
              + " copy stdout begin set")
          .split(" ");

  private static final String[] SHAPES = {
    "select X",
    "select X from t",
    "select * from t where X",
    "select X, X from t group by X order by X",
    "select X from t join u on X",
    "select distinct on (X) X from t",
    "select X over (order by X) from t",
    "select case when X then X else X end",
    "select cast(X as X)",
    "select X X X from t",
    "select * from t, X",
    "select * from t X X",
    "select * from X as X (X)",
    "select (X) X",
    "select X(X) X",
    "select * from t limit X",
    "select * from t fetch first X rows only",
    "values (X, X)",
    "select array[X, X][X]",
    "select X::X",
    "select X X ( X ) from t",
    "select (X).X from t",
    "select sum(a) filter (where X) over (partition by X rows X preceding) from t",
    "select X not X X",
    "select X at time zone X",
    "select X is X from X",
    "explain select X",
    "select X like X escape X",
    "select percentile_cont(X) within group (order by X) from t",
    "select * from t X join u X on X",
    "select X union select X",
    "select * from rows from (X(X)) X",
    "select X operator(X.X) X",
    "copy (select X) to stdout",
    "select X from t window w as (order by X)"
  };

  /** Tried with every name: the places where a call or a cast can hide. */
  private static final String[] PLACES = {
    "select X 'x'",
    "select X $$x$$ from t",
    "select X(1)",
    "select X ('x')",
    "select X /* */ (1, 1)",
    "select X()",
    "select not X 'x'",
    "select 1 X 'x'",
    "select a X 'x' from t",
    "select 1 where true and X 'x' = 'x'",
    "select 1 from t order by X 'x'",
    "select 1 from t order by X(1)",
    "select a from t join X 'x'",
    "select * from X(1)",
    "select * from t, X(1)",
    "select * from t join X(1) on true",
    "select * from rows from (X(1)) x",
    "select distinct on (a) X(1) from t",
    "select distinct on (a) X 'x' from t",
    "select a X (1) from t",
    "select (1) X (1)",
    "select 'x'::X",
    "select '{x}'::X[]",
    "select cast('x' as X)",
    "select a from t limit X(1)",
    "select count(*) filter (where X(1) = 1)",
    "select sum(1) over (order by X(1))",
    "select 'a' like X(1)::text",
    "select 1 between X(1) and 2",
    "select case X(1) when 1 then 2 end",
    "select array[X(1)]",
    "values (X(1))",
    "copy (select X(1)) to stdout",
    "select a as X(1) from t"
  };

  private final Random random = new Random(42);
  private RealSession session;
  private Catalogue catalogue;

  @Test
  void findsNothingThatChangesWhatItIsReadToRead() throws IOException {
    RealPostgres postgres = RealPostgres.shared();
    postgres.rows("create database hunt");
    int runs = "reading".equals(System.getProperty("long")) ? 1_000_000 : 3_000;
    try (RealSession connected = new RealSession(postgres, "hunt")) {
      session = connected;
      List<String> names = traps();
      catalogue = GivenCatalogue.of("hunt");
      String before = run("select last_value from s");
      assertThat(run("select f_wipe()")).isNotEqualTo(before);
      before = run("select last_value from s");
      for (String name : names) {
        for (String place : PLACES) {
          String sql = place.replace("X", name);
          if (onlyReads(sql)) {
            run(sql);
            assertThat(run("select last_value from s")).as(sql).isEqualTo(before);
          }
        }
      }
      int readable = 0;
      for (int i = 0; i < runs; ) {
        String sql = text(names);
        if (onlyReads(sql)) {
          i++;
          readable += run(sql).isEmpty() ? 0 : 1;
          assertThat(run("select last_value from s")).as(sql).isEqualTo(before);
        }
      }
      assertThat(readable).as("texts that the server ran").isGreaterThan(runs / 50);
    }
  }

  /** Sets a trap under every name that is no listed function: those a user can only overload. */
  private List<String> traps() throws IOException {
    run("create sequence s; create table t(a int, b text, c int[]); create table u(a int)");
    run("insert into t values (1, 'x', '{1}'); insert into u values (1)");
    run("create function f_trap() returns bool language sql as 'select nextval(''s'') > 0'");
    run("set statement_timeout = '2s'");
    run("select nextval('s')");
    List<String> names = new ArrayList<>(List.of("f_wipe", "dom_w"));
    for (String word :
        RealPostgres.shared()
            .rows("select word from pg_get_keywords() where catcode in ('U', 'T')")) {
      names.add(word);
    }
    for (String name : names) {
      if (!Harmless.FUNCTIONS.contains(name)) {
        for (String arguments : List.of("", "int", "text", "int, int")) {
          run(
              "create function public.\"%s\"(%s) returns int language sql"
                      .formatted(name, arguments)
                  + " as 'select nextval(''s'')::int'");
        }
      }
      run("create domain public.\"%s\" as text check (f_trap())".formatted(name));
    }
    return names;
  }

  private boolean onlyReads(String sql) {
    return GivenCatalogue.read(sql, catalogue, catalogue.names()).onlyReads();
  }

  /** Runs a text; returns the first values of its rows and its tags, empty after an error. */
  private String run(String sql) throws IOException {
    RealSession.Answer answer = session.run(sql);
    StringBuilder said = new StringBuilder();
    answer.rows().forEach(row -> said.append(row.isEmpty() ? "" : row.getFirst()).append(' '));
    answer.tags().forEach(said::append);
    return answer.error() != null ? "" : said.toString();
  }

  private String text(List<String> names) {
    String shape = SHAPES[random.nextInt(SHAPES.length)];
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < shape.length(); i++) {
      if (shape.charAt(i) != 'X') {
        sql.append(shape.charAt(i));
        continue;
      }
      for (int words = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1; words > 0; words--) {
        String[] simple = {"1", "'x'", "a", "b", "t.a", "(1)"};
        int kind = random.nextInt(10);
        sql.append(
                kind < 3
                    ? names.get(random.nextInt(names.size()))
                    : kind < 6
                        ? simple[random.nextInt(simple.length)]
                        : WORDS[random.nextInt(WORDS.length)])
            .append(' ');
      }
    }
    return sql.toString();
  }
}
