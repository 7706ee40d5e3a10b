package countersign.deciding;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Conditions of rules: CEL (<a href="https://github.com/google/cel-spec">cel-spec</a>) and RE2,
 * each compiled once. Both run in bounded time: RE2 is linear, CEL's loops and sizes are capped.
 */
public final class Condition {
  /** Longest text a condition looks at, in characters; a longer one counts as not available. */
  static final int TEXT_LIMIT = 1 << 20;

  /** Longest expression, in characters. */
  static final int EXPRESSION_LIMIT = 4_096;

  private static final int CACHED = 1_000;

  /** Rows that the target's planner expects; asked for only where a rule reads it. */
  private static final String ESTIMATE = "operation.rowsEstimated";

  static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(EXPRESSION_LIMIT)
          .maxParseRecursionDepth(64)
          .comprehensionMaxIterations(10_000)
          .maxRegexProgramSize(2_000)
          .build();

  private static final Cel CEL =
      LocalTime.in(CelFactory.standardCelBuilder())
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("operation.text", SimpleType.STRING)
          .addVar("operation.effects", ListType.create(SimpleType.STRING))
          .addVar("operation.relations", ListType.create(SimpleType.STRING))
          .addVar("operation.functions", ListType.create(SimpleType.STRING))
          .addVar(ESTIMATE, SimpleType.INT)
          .addVar("operation.target", SimpleType.STRING)
          .addVar("operation.database", SimpleType.STRING)
          .addVar("operation.role", SimpleType.STRING)
          .addVar("operation.reason", SimpleType.STRING)
          .addVar("principal.name", SimpleType.STRING)
          .addVar("principal.kind", SimpleType.STRING)
          .addVar("principal.groups", ListType.create(SimpleType.STRING))
          .addVar("principal.chain", ListType.create(SimpleType.STRING))
          .addVar("now", SimpleType.TIMESTAMP)
          .setResultType(SimpleType.BOOL)
          .build();

  private static final Map<String, Optional<CelRuntime.Program>> PROGRAMS =
      new ConcurrentHashMap<>();
  private static final Map<String, Optional<Pattern>> PATTERNS = new ConcurrentHashMap<>();

  private Condition() {}

  /**
   * Says what is wrong with a {@code when} condition.
   *
   * @return the mistake in words on one line, empty when there is none
   */
  public static Optional<String> mistake(String expression) {
    return mistake(CEL, LocalTime.spelledOut(expression));
  }

  /** Whether a condition reads what the target's planner expects. */
  static boolean readsEstimate(String expression) {
    return expression.contains("rowsEstimated");
  }

  /** Says what is wrong with an expression in an environment. */
  static Optional<String> mistake(Cel cel, String expression) {
    if (expression.length() > EXPRESSION_LIMIT) {
      return Optional.of("longer than " + EXPRESSION_LIMIT + " characters");
    }
    try {
      cel.createProgram(cel.compile(expression).getAst());
      return Optional.empty();
    } catch (CelValidationException e) {
      return Optional.of(e.getErrors().isEmpty() ? "not CEL" : words(e.getErrors().getFirst()));
    } catch (CelEvaluationException | RuntimeException e) {
      return Optional.of("not CEL");
    }
  }

  /** The first sentence of what the compiler says, on one line. */
  private static String words(CelIssue issue) {
    String message =
        issue.getMessage().replaceAll("\\s+", " ").replaceFirst(" \\(candidates:.*", "");
    return message.length() > 200 ? message.substring(0, 200) + "…" : message;
  }

  /** Says whether an expression gives true or false, as far as its types tell. */
  static boolean resultIsBoolean(Cel cel, String expression) {
    try {
      CelType type = cel.compile(expression).getAst().getResultType();
      return type.equals(SimpleType.BOOL) || type.equals(SimpleType.DYN);
    } catch (CelValidationException | RuntimeException e) {
      return false;
    }
  }

  /**
   * Says what is wrong with an RE2 expression.
   *
   * @return the mistake in words, empty when there is none
   */
  public static Optional<String> mistakeInPattern(String re2) {
    if (re2.length() > EXPRESSION_LIMIT) {
      return Optional.of("longer than " + EXPRESSION_LIMIT + " characters");
    }
    try {
      Pattern.compile(re2);
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(e.getDescription());
    }
  }

  /**
   * Evaluates a condition.
   *
   * @param values names to values; one that is not available is left out
   * @return whether it holds; empty when that cannot be told
   */
  static Optional<Boolean> holds(String expression, Map<String, Object> values) {
    Optional<CelRuntime.Program> program = cached(PROGRAMS, expression, Condition::compile);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    try {
      return program.get().eval(values) instanceof Boolean answer
          ? Optional.of(answer)
          : Optional.empty();
    } catch (CelEvaluationException | RuntimeException e) {
      // Which value was missing says nothing the caller may see; the rule decides what unknown
      // means.
      return Optional.empty();
    }
  }

  /**
   * Looks for an RE2 expression in a text.
   *
   * @return whether it is found; empty when that cannot be told
   */
  static Optional<Boolean> found(String re2, String text) {
    return text.length() > TEXT_LIMIT
        ? Optional.empty()
        : cached(PATTERNS, re2, Condition::pattern).map(p -> p.matcher(text).find());
  }

  private static Optional<CelRuntime.Program> compile(String expression) {
    return compile(CEL, LocalTime.spelledOut(expression));
  }

  static Optional<CelRuntime.Program> compile(Cel cel, String expression) {
    try {
      CelAbstractSyntaxTree tree = cel.compile(expression).getAst();
      return Optional.of(cel.createProgram(tree));
    } catch (CelValidationException | CelEvaluationException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Pattern> pattern(String re2) {
    try {
      return Optional.of(Pattern.compile(re2));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  /** Compiles once. When full the cache starts over: rules are few, so that is rare. */
  static <T> Optional<T> cached(
      Map<String, Optional<T>> cache, String key, Function<String, Optional<T>> compile) {
    Optional<T> known = cache.get(key);
    if (known == null) {
      if (cache.size() >= CACHED) {
        cache.clear();
      }
      known = compile.apply(key);
      cache.put(key, known);
    }
    return known;
  }
}
