package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.postgres.FuzzTest;
import countersign.wire.postgres.RealPostgres;
import countersign.wire.postgres.RealSession;
import countersign.wire.postgres.grammar.GivenGrammar;
import countersign.wire.postgres.grammar.Grammars;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.grammar.Parse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Words of the evasions and readings, put together anew. Whatever is read as a plain read holds no
 * node that writes, and changes nothing on a server full of traps. {@code -Dlong=fuzz} goes on, see
 * {@link FuzzTest}.
 */
class SqlFuzzTest {
  private static final Pattern WORD =
      Pattern.compile("\\s+|\\w+|'[^']*'|\"[^\"]*\"|\\$\\w*\\$|[^\\w\\s]");
  private static final Set<String> WRITES =
      Set.of(
          "InsertStmt",
          "UpdateStmt",
          "DeleteStmt",
          "MergeStmt",
          "IntoClause",
          "LockingClause",
          "DoStmt",
          "CallStmt",
          "TruncateStmt",
          "NotifyStmt",
          "LockStmt",
          "CopyStmt");
  private static final String STATE =
      "SELECT (SELECT count(*) || ':' || coalesce(sum(v), 0) FROM public.t)"
          + " || (SELECT last_value || ' ' || is_called FROM public.s)"
          + " || (SELECT count(*) FROM pg_class) || (SELECT count(*) FROM pg_largeobject_metadata)"
          + " || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')";

  private final Random random = new Random(FuzzTest.seed());
  private final List<List<String>> seeds = new ArrayList<>();

  @Test
  void whatIsReadAsAReadChangesNothing() throws IOException {
    for (String file : List.of("evasions.txt", "readings.txt")) {
      try (InputStream in = SqlFuzzTest.class.getResourceAsStream(file)) {
        new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains(" | "))
            .map(line -> words(line.split(" \\| ", 2)[1]))
            .filter(words -> !words.isEmpty())
            .forEach(seeds::add);
      }
    }
    RealPostgres.shared().rows("create database fuzz");
    int[] ran = {0};
    try (RealSession session = new RealSession(RealPostgres.shared(), "fuzz");
        InputStream in = SqlFuzzTest.class.getResourceAsStream("evasion-objects.sql")) {
      session.must(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      session.must("set statement_timeout = '2s'");
      Catalogue catalogue = GivenCatalogue.of("fuzz");
      String before = session.value(STATE);
      FuzzTest.repeat(
          600,
          3,
          () -> {
            String sql = text();
            if (sql.indexOf('\0') >= 0) {
              return sql;
            }
            Reading reading = GivenCatalogue.read(sql, catalogue, catalogue.names());
            if (reading.onlyReads() && !reading.statements().isEmpty()) {
              assertThat(writes(sql)).as(sql).isFalse();
              try {
                ran[0] += session.run(sql).error() == null ? 1 : 0;
                session.run("rollback; deallocate all; set statement_timeout = '2s'");
                assertThat(session.value(STATE)).as(sql).isEqualTo(before);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return sql;
          });
    }
    assertThat(ran[0]).as("texts that the server ran").isPositive();
  }

  private static List<String> words(String sql) {
    List<String> words = new ArrayList<>();
    for (Matcher m = WORD.matcher(sql); m.find(); ) {
      words.add(m.group());
    }
    return words;
  }

  private String text() {
    List<String> words = new ArrayList<>(seeds.get(random.nextInt(seeds.size())));
    for (int i = random.nextInt(5); i > 0 && !words.isEmpty(); i--) {
      List<String> other = seeds.get(random.nextInt(seeds.size()));
      int at = random.nextInt(words.size());
      switch (random.nextInt(5)) {
        case 0 -> words.set(at, other.get(random.nextInt(other.size())));
        case 1 -> words.add(at, other.get(random.nextInt(other.size())));
        case 2 -> words.remove(at);
        case 3 -> {
          int from = random.nextInt(other.size());
          int to = Math.min(other.size(), from + 1 + random.nextInt(8));
          words.addAll(at, other.subList(from, to));
        }
        default -> {
          String word = words.get(at);
          int character = word.isEmpty() ? 0 : random.nextInt(word.length());
          words.set(at, word.substring(0, character) + (char) (1 + random.nextInt(127)));
        }
      }
    }
    return String.join("", words);
  }

  /** Whether a node that writes stands anywhere, but for what EXPLAIN only plans and COPY out. */
  private static boolean writes(String sql) {
    int grammar = Grammars.nearest(GivenCatalogue.major());
    return GivenGrammar.parse(grammar, sql) instanceof Parse.Tree tree
        && tree.statements().stream().anyMatch(SqlFuzzTest::writes);
  }

  private static boolean writes(Node node) {
    boolean planned = node.is("ExplainStmt");
    boolean out = node.is("CopyStmt") && !node.flag("is_from") && !node.flag("is_program");
    boolean[] found = {!out && WRITES.contains(node.type())};
    if (!planned) {
      node.forEachChild(child -> found[0] |= writes(child));
    }
    return found[0];
  }
}
