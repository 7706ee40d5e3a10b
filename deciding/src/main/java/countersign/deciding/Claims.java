package countersign.deciding;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** CEL over {@code claims} of a token, compiled once and bounded like {@link Condition}. */
public final class Claims {
  private static final Cel CEL =
      CelFactory.standardCelBuilder()
          .setOptions(Condition.OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("claims", MapType.create(SimpleType.STRING, SimpleType.DYN))
          .build();

  private static final Map<String, Optional<CelRuntime.Program>> PROGRAMS =
      new ConcurrentHashMap<>();

  private Claims() {}

  /**
   * Says what is wrong with an expression over claims.
   *
   * @param condition whether it must give true or false
   * @return the mistake in words, empty when there is none
   */
  public static Optional<String> mistake(String expression, boolean condition) {
    return Condition.mistake(CEL, expression)
        .or(() -> condition ? notACondition(expression) : Optional.empty());
  }

  /** Says whether a condition holds; false when that cannot be told. */
  public static boolean holds(String expression, Map<String, Object> claims) {
    return value(expression, claims).orElse(false) instanceof Boolean answer && answer;
  }

  /** Returns the value of an expression, empty when it has none. */
  public static Optional<Object> value(String expression, Map<String, Object> claims) {
    Optional<CelRuntime.Program> program = Condition.cached(PROGRAMS, expression, Claims::compile);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(program.get().eval(Map.of("claims", claims)));
    } catch (CelEvaluationException | RuntimeException e) {
      // A claim the token does not have, or has as something else, adds nothing.
      return Optional.empty();
    }
  }

  private static Optional<CelRuntime.Program> compile(String expression) {
    return Condition.compile(CEL, expression);
  }

  private static Optional<String> notACondition(String expression) {
    return Condition.resultIsBoolean(CEL, expression)
        ? Optional.empty()
        : Optional.of("it gives neither true nor false");
  }
}
