package countersign.edge.grammar;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import countersign.wire.postgres.grammar.Grammars;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Analyse;
import countersign.wire.postgres.sql.Analysed;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The parsers of an edge: some threads for each version of the grammar that is needed, and what
 * they said of the texts seen last, by their exact characters. Thread-safe; nothing here blocks its
 * caller.
 */
public final class Parsers implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Parsers.class);

  /** Rough bytes of everything that is remembered. */
  private static final long CACHE_BYTES = 64L << 20;

  /** Longer texts are not worth remembering: they hold data. */
  private static final int LONGEST_CACHED = 16 << 10;

  private static final int OVERHEAD_BYTES = 4 << 10;

  /** A tree is larger than its text. */
  private static final int BYTES_FOR_A_CHARACTER = 64;

  private final Grammars grammars = new Grammars();
  private final Map<Integer, ParserThreads> threads = new ConcurrentHashMap<>();
  private final Cache<Key, Understood> cache =
      Caffeine.newBuilder()
          .maximumWeight(CACHE_BYTES)
          .weigher((Key key, Understood _) ->
              OVERHEAD_BYTES + BYTES_FOR_A_CHARACTER * key.text().length())
          .build();

  private record Key(int major, String text) {}

  /** Makes it; a grammar is loaded when it is first asked for. */
  public Parsers() {
    if (grammars.compiled()) {
      GraalCode.compileSimply();
    } else {
      LOG.warn(
          "grammar=interpreted: reading a statement takes a millisecond instead of microseconds"
              + " (expected: the JVM flags that ./countersign passes)");
    }
  }

  /** Loads the grammar for a server and warms it up, in the background. */
  public void prepare(int serverMajor) {
    threads(Grammars.nearest(serverMajor));
  }

  private ParserThreads threads(int major) {
    return threads.computeIfAbsent(major, m -> new ParserThreads(grammars, m));
  }

  /** What is remembered of a text; null when nothing is. */
  public @Nullable Understood cached(int serverMajor, String text) {
    return cache.getIfPresent(new Key(Grammars.nearest(serverMajor), text));
  }

  /**
   * Reads a text on a parser's thread.
   *
   * @param serverMajor major version of the target; the nearest grammar is taken
   * @return completes on a parser's thread, always with a value: a text that nobody could read in
   *     time, or while too many wait, reads as unknown
   */
  public CompletableFuture<Understood> read(int serverMajor, String text) {
    int major = Grammars.nearest(serverMajor);
    return threads(major)
        .submit(parser -> Analyse.analyse(text, parser.parse(text)))
        .handle((analysed, failure) -> {
          Understood understood =
              new Understood(
                  analysed != null
                      ? analysed
                      : Analyse.unread(
                          text, major, failure == null ? "no parser" : "no parser was free"));
          // Whether there was time says nothing about the next time.
          if (analysed != null && lasting(analysed) && text.length() <= LONGEST_CACHED) {
            cache.put(new Key(major, text), understood);
          }
          return understood;
        });
  }

  private static boolean lasting(Analysed analysed) {
    String failure = analysed.failure();
    return failure == null || !failure.startsWith("out of");
  }

  /** Parses in a row on one thread, for work that needs many parses. */
  public interface Parser {
    /** Parses a text; never throws for what it is. */
    Parse parse(String text);
  }

  /**
   * Does work that needs parsing on a parser's thread.
   *
   * @return completes on that thread; exceptionally when too many wait or the work fails
   */
  public <T> CompletableFuture<T> with(int serverMajor, Function<Parser, T> work) {
    return threads(Grammars.nearest(serverMajor)).submit(work::apply);
  }

  /** Strict UTF-8 of a text that was decoded from it. */
  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    threads.values().forEach(ParserThreads::close);
    grammars.close();
  }
}
