package countersign.wire.postgres.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The grammars for tests, one parser of each version, interpreted. */
public final class GivenGrammar {
  private static final Grammars GRAMMARS = new Grammars();
  private static final Map<Integer, Grammar> OPEN = new ConcurrentHashMap<>();

  private GivenGrammar() {}

  /** Parses with the grammar of a version. */
  public static synchronized Parse parse(int major, String sql) {
    Grammar grammar = OPEN.get(major);
    if (grammar == null || grammar.broken()) {
      grammar = GRAMMARS.open(major);
      OPEN.put(major, grammar);
    }
    return grammar.parse(sql.getBytes(StandardCharsets.UTF_8));
  }
}
