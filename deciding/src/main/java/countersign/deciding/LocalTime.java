package countersign.deciding;

import dev.cel.bundle.CelBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code now.in('Europe/Berlin')}: the clock on the wall of a time zone. It has the accessors of
 * CEL's timestamp ({@code getHours()}, {@code getDayOfWeek()} with Sunday 0 …) and cannot be
 * compared with a timestamp by accident.
 *
 * <p>{@code in} is a reserved word of CEL, so {@code .in(} is written {@code .inZone(} before the
 * expression is compiled; outside of quotes CEL has no other use for it.
 */
final class LocalTime {
  private static final OpaqueType TYPE = OpaqueType.create("countersign.local_time");
  private static final String IN = "inZone";

  private LocalTime() {}

  static CelBuilder in(CelBuilder cel) {
    cel.addFunctionDeclarations(
        CelFunctionDecl.newFunctionDeclaration(
            IN,
            CelOverloadDecl.newMemberOverload(
                "timestamp_in_zone", TYPE, SimpleType.TIMESTAMP, SimpleType.STRING)));
    cel.addFunctionBindings(
        CelFunctionBinding.from(
            "timestamp_in_zone", Instant.class, String.class, LocalTime::inZone));
    accessors()
        .forEach((name, accessor) -> {
          String overload = "local_time_" + name;
          cel.addFunctionDeclarations(
              CelFunctionDecl.newFunctionDeclaration(
                  name, CelOverloadDecl.newMemberOverload(overload, SimpleType.INT, TYPE)));
          cel.addFunctionBindings(CelFunctionBinding.from(overload, ZonedDateTime.class, accessor));
        });
    return cel;
  }

  /** CEL's accessors, with its counting: months, days of the month and of the year from 0. */
  private static Map<String, CelFunctionOverload.Unary<ZonedDateTime>> accessors() {
    Map<String, CelFunctionOverload.Unary<ZonedDateTime>> accessors = new LinkedHashMap<>();
    accessors.put("getFullYear", time -> (long) time.getYear());
    accessors.put("getMonth", time -> time.getMonthValue() - 1L);
    accessors.put("getDate", time -> (long) time.getDayOfMonth());
    accessors.put("getDayOfMonth", time -> time.getDayOfMonth() - 1L);
    accessors.put("getDayOfWeek", time -> (long) time.getDayOfWeek().getValue() % 7);
    accessors.put("getDayOfYear", time -> time.getDayOfYear() - 1L);
    accessors.put("getHours", time -> (long) time.getHour());
    accessors.put("getMinutes", time -> (long) time.getMinute());
    accessors.put("getSeconds", time -> (long) time.getSecond());
    return accessors;
  }

  private static Object inZone(Instant now, String zone) throws CelEvaluationException {
    try {
      return now.atZone(ZoneId.of(zone));
    } catch (DateTimeException e) {
      throw new CelEvaluationException("zone: " + zone + " (expected: such as Europe/Berlin)", e);
    }
  }

  /** Writes {@code .in(} as {@code .inZone(} outside of quotes and comments. */
  static String spelledOut(String expression) {
    if (!expression.contains("in")) {
      return expression;
    }
    StringBuilder out = new StringBuilder(expression.length() + 8);
    for (int i = 0; i < expression.length(); ) {
      int end = endOfLiteral(expression, i);
      if (end > i) {
        out.append(expression, i, end);
        i = end;
      } else if (expression.charAt(i) == '.' && callsIn(expression, i + 1)) {
        out.append('.').append(IN);
        i = expression.indexOf("in", i) + 2;
      } else {
        out.append(expression.charAt(i++));
      }
    }
    return out.toString();
  }

  private static boolean callsIn(String expression, int from) {
    int at = skipBlank(expression, from);
    return expression.startsWith("in", at)
        && expression.startsWith("(", skipBlank(expression, at + 2));
  }

  private static int skipBlank(String expression, int from) {
    int i = from;
    while (i < expression.length() && " \t\r\n\f".indexOf(expression.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  /** The end of a comment or quoted text that begins here; {@code from} when none does. */
  private static int endOfLiteral(String expression, int from) {
    if (expression.startsWith("//", from)) {
      int line = expression.indexOf('\n', from);
      return line < 0 ? expression.length() : line;
    }
    char quote = expression.charAt(from);
    if (quote != '\'' && quote != '"') {
      return from;
    }
    boolean raw = from > 0 && (expression.charAt(from - 1) | 32) == 'r';
    String mark = String.valueOf(quote);
    String fence = expression.startsWith(mark.repeat(3), from) ? mark.repeat(3) : mark;
    int i = from + fence.length();
    while (i < expression.length() && !expression.startsWith(fence, i)) {
      i += !raw && expression.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(expression.length(), i + fence.length());
  }
}
