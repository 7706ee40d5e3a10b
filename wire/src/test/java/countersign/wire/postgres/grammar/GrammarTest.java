package countersign.wire.postgres.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
  private static Grammars grammars;

  @BeforeAll
  static void load() {
    grammars = new Grammars();
  }

  @AfterAll
  static void close() {
    grammars.close();
  }

  private static Parse parse(Grammar grammar, String sql) {
    return grammar.parse(sql.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17})
  void readsTheTree(int major) {
    try (Grammar grammar = grammars.open(major)) {
      Parse parse = parse(grammar, "select 'größe \\ \u0001 😀\"' as \"Ä\"; delete from t -- x");
      assertThat(parse).isInstanceOf(Parse.Tree.class);
      Parse.Tree tree = (Parse.Tree) parse;
      assertThat(tree.statements()).hasSize(2);
      Node select = tree.statements().getFirst().node("stmt");
      Node target = select.nodes("targetList").getFirst();
      assertThat(target.text("name")).isEqualTo("Ä");
      assertThat(target.node("val").node("sval").text("sval")).isEqualTo("größe \\ \u0001 😀\"");
      assertThat(tree.statements().getLast().node("stmt").type()).isEqualTo("DeleteStmt");
      assertThat(parse(grammar, "")).isEqualTo(new Parse.Tree(major, java.util.List.of()));
      assertThat(parse(grammar, "select 'größe', frm t where"))
          .isEqualTo(new Parse.Rejected(major, "syntax error at end of input", 28));
      assertThat(parse(grammar, "slect 1"))
          .isEqualTo(new Parse.Rejected(major, "syntax error at or near \"slect\"", 1));
      assertThat(parse(grammar, "select 'a")).isInstanceOf(Parse.Rejected.class);
      assertThat(grammar.broken()).isFalse();
    }
  }

  @Test
  void isTheGrammarOfItsVersion() {
    try (Grammar old = grammars.open(15);
        Grammar newer = grammars.open(17)) {
      assertThat(parse(old, "delete\u000bfrom t")).isInstanceOf(Parse.Rejected.class);
      assertThat(parse(newer, "delete\u000bfrom t")).isInstanceOf(Parse.Tree.class);
      String merge = "merge into t using s on true when matched then delete returning *";
      assertThat(parse(old, merge)).isInstanceOf(Parse.Rejected.class);
      assertThat(parse(newer, merge)).isInstanceOf(Parse.Tree.class);
    }
    assertThat(Grammars.nearest(14)).isEqualTo(15);
    assertThat(Grammars.nearest(18)).isEqualTo(17);
  }

  @Test
  void refusesWhatIsOutOfBoundsBeforeItIsParsed() {
    try (Grammar grammar = grammars.open(17)) {
      for (String sql :
          new String[] {
            "x".repeat(Grammar.LONGEST + 1),
            "select " + "a, ".repeat(30_000) + "1",
            "select 1" + "+1".repeat(3_000),
            "/*".repeat(500),
            "select 1\0; delete from t",
            "select " + "-".repeat(3_000) + "1"
          }) {
        assertThat(parse(grammar, sql)).isInstanceOf(Parse.Failed.class);
      }
      assertThat(grammar.broken()).isFalse();
      assertThat(parse(grammar, "select '" + "x".repeat(900_000) + "'"))
          .isInstanceOf(Parse.Tree.class);
      assertThat(grammar.broken()).isFalse();
    }
  }

  @Test
  void aDeepTextIsNoCrashAndTheParserIsThrownAway() {
    for (String sql :
        new String[] {
          "select " + "(".repeat(30_000) + "1" + ")".repeat(30_000),
          "select " + "not ".repeat(15_000) + "true",
          "select " + "f(".repeat(10_000) + "1" + ")".repeat(10_000),
          "select " + "case when true then ".repeat(2_500) + "1" + " end".repeat(2_500)
        }) {
      try (Grammar grammar = grammars.open(17)) {
        Parse parse = parse(grammar, sql);
        assertThat(parse).as(sql.substring(0, 20)).isNotInstanceOf(Parse.Tree.class);
        if (!grammar.broken()) {
          assertThat(parse(grammar, "select 1")).isInstanceOf(Parse.Tree.class);
        }
      }
    }
  }

  @Test
  void aParseIsStoppedFromOutside() throws InterruptedException {
    try (Grammar grammar = grammars.open(17)) {
      Thread stopper =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  TimeUnit.MILLISECONDS.sleep(300);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                grammar.cancel();
              });
      // Interpreted, these take longer than that, again and again.
      String slow = "select " + "a,".repeat(20_000) + "1";
      Parse parse = parse(grammar, slow);
      while (!grammar.broken()) {
        parse = parse(grammar, slow);
      }
      stopper.join();
      assertThat(parse).isEqualTo(new Parse.Failed(17, "out of time"));
    }
  }
}
