package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.session.SessionEvent;
import countersign.wire.postgres.Encode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent that may only read, on a target that is full of traps. */
class EvasionGateTest {
  private static final Path CASES =
      Path.of("../wire/src/test/resources/countersign/wire/postgres/sql");
  private static final String STATE =
      "SELECT (SELECT count(*) || ':' || coalesce(sum(v), 0) FROM public.t)"
          + " || (SELECT last_value || ' ' || is_called FROM public.s)"
          + " || (SELECT count(*) FROM pg_class) || (SELECT count(*) FROM pg_largeobject_metadata)"
          + " || (SELECT count(*) FROM pg_proc) || (SELECT count(*) FROM pg_rewrite)";

  private Bench bench;

  @BeforeEach
  void begin() throws IOException {
    bench = new Bench();
    bench.target.direct("drop database if exists traps with (force)");
    bench.target.direct("create database traps");
    direct(Files.readString(CASES.resolve("evasion-objects.sql")));
    only(Effect.read);
  }

  @AfterEach
  void end() {
    bench.close();
    bench.target.direct("drop database if exists traps with (force)");
  }

  private String direct(String sql) {
    return bench.target.direct("traps", sql);
  }

  private WireClient client() {
    return new WireClient(bench.edge.port(), "agent-ada", "orders/traps", "good");
  }

  private void only(Effect... effects) {
    bench.allow(EnumSet.copyOf(List.of(effects)));
  }

  @Test
  void nothingThatWritesReachesTheTargetAndReadsRun() throws IOException {
    String before = direct(STATE);
    int refused = 0;
    int ran = 0;
    try (WireClient client = client()) {
      for (String line : Files.readAllLines(CASES.resolve("evasions.txt"))) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] parts = line.split(" \\| ", 2);
        String sql = parts[1].replace("«r»", "\r").replace("«nbsp»", "\u00a0");
        List<String> unit = client.query(sql).unit();
        if (parts[0].equals("read")) {
          assertThat(unit).as(sql).doesNotContain("42501").allMatch(w -> !w.matches("[0-9A-Z]{5}"));
          ran++;
        } else if (!parts[0].equals("none")) {
          // What is no SQL in the target's version is refused as a syntax error.
          assertThat(unit).as(sql).isIn(List.of("42501", "ZI"), List.of("42601", "ZI"));
          refused++;
        }
      }
    }
    assertThat(direct(STATE)).isEqualTo(before);
    assertThat(refused).isGreaterThan(380);
    assertThat(ran).isGreaterThan(50);
  }

  @Test
  void preparedAndDeclaredNamesAreJudgedByWhatTheyStandFor() {
    String before = direct(STATE);
    try (WireClient client = client()) {
      assertThat(client.query("prepare w as delete from t").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("execute w").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("prepare r as select count(*) from t").unit())
          .containsExactly("PREPARE", "ZI");
      assertThat(client.query("execute r").unit())
          .containsExactly("RowDescription", "DataRow", "SELECT 1", "ZI");
      assertThat(client.query("explain analyze execute w").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("begin").unit()).containsExactly("BEGIN", "ZT");
      assertThat(client.query("declare c cursor for select id from t order by id").unit())
          .containsExactly("DECLARE CURSOR", "ZT");
      assertThat(client.query("fetch 2 from c").unit())
          .containsExactly("RowDescription", "DataRow", "DataRow", "FETCH 2", "ZT");
      assertThat(client.query("close c").unit()).containsExactly("CLOSE CURSOR", "ZT");
      assertThat(client.query("fetch 1 from nobody").unit()).containsExactly("42501", "ZE");
      assertThat(client.query("rollback").unit()).containsExactly("ROLLBACK", "ZI");
      client.parse("s", "select * from v_evil").bind("", "s").execute("").sync();
      assertThat(client.unit()).contains("42501");
      client.parse("s2", "select (1).f_wipe").bind("", "s2").execute("").sync();
      assertThat(client.unit()).contains("42501");
      assertThat(client.query("deallocate all").unit()).containsExactly("DEALLOCATE ALL", "ZI");
    }
    assertThat(direct(STATE)).isEqualTo(before);
  }

  @Test
  void declaredParametersRunNoCodeUnseen() {
    String before = direct(STATE);
    try (WireClient client = client()) {
      for (String type : List.of("dom_w", "dom_null", "pair", "evil_range", "dom_array")) {
        int oid = Integer.parseInt(direct("select '" + type + "'::regtype::oid"));
        client.say(out -> Encode.parse(out, "", "select $1 is null", List.of(oid)));
        client.bind("", "", "x").execute("").sync();
        assertThat(client.unit()).as(type).contains("42501");
      }
      int mood = Integer.parseInt(direct("select 'mood'::regtype::oid"));
      client.say(out -> Encode.parse(out, "", "select $1 is null", List.of(mood)));
      client.bind("", "", "sad").execute("").sync();
      assertThat(client.unit()).contains("SELECT 1");
    }
    assertThat(direct(STATE)).isEqualTo(before);
  }

  @Test
  void whatPassesIsReadAnew() {
    only(Effect.read, Effect.schema, Effect.create);
    String before = direct("select count(*) from t");
    try (WireClient client = client()) {
      assertThat(client.query("select count(*) from v_plain").unit()).contains("SELECT 1");
      assertThat(
              client
                  .query("create or replace view v_plain as select id, f_wipe() as v from t")
                  .unit())
          .containsExactly("CREATE VIEW", "ZI");
      assertThat(client.query("select * from v_plain").unit()).containsExactly("42501", "ZI");
      assertThat(client.query("create table fresh (a int)").unit())
          .containsExactly("CREATE TABLE", "ZI");
      assertThat(client.query("select * from fresh where a = 1").unit()).contains("SELECT 0");
      assertThat(client.query("begin").unit()).containsExactly("BEGIN", "ZT");
      assertThat(
              client
                  .query("create or replace view v_cast as select f_wipe()::text::dom_w as note")
                  .unit())
          .contains("ZT");
      assertThat(client.query("select * from v_cast").unit()).containsExactly("42501", "ZE");
      assertThat(client.query("rollback").unit()).containsExactly("ROLLBACK", "ZI");
    }
    assertThat(direct("select count(*) from t")).isEqualTo(before);
  }

  @Test
  void theDecisionNamesTheGrammarAndTheRelationsWithTheirSchema() {
    try (WireClient client = client()) {
      client.query("select * from t join v_plain using (id)").unit();
    }
    SessionEvent.OperationDecided decided = bench.control.decided().getFirst();
    assertThat(decided.decision()).isEqualTo(DecisionKind.allowed);
    assertThat(decided.facts().grammar()).isEqualTo("libpg_query-15");
    assertThat(decided.facts().relations()).containsExactly("public.t", "public.v_plain");
    assertThat(bench.control.everything())
        .as("the edge's own reading of the catalogue is written down")
        .anyMatch(
            e -> e instanceof SessionEvent.OperationDecided one && Control.readsCatalogue(one));
  }
}
