package countersign.edge.protocol.postgres;

import countersign.deciding.May;
import countersign.duty.Rule;
import countersign.edge.gate.Gate;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code SET/SHOW/RESET countersign.*}: answered here, never sent on. Confined to the event loop.
 */
final class OwnSettings {
  private static final int MOST_CHARS = 2_000;
  private static final Pattern TICKET = Pattern.compile("[A-Za-z0-9_./#:-]{0,100}");

  /** An empty one stands for where the duty says. */
  private static final List<String> WAITS = List.of("", "stream", "ticket");

  private static final List<String> NAMES = List.of("reason", "ticket", "wait", "may");

  private final Gate gate;

  OwnSettings(Gate gate) {
    this.gate = gate;
  }

  /**
   * Says what is wrong with a statement.
   *
   * @return the error, null when it can be answered
   */
  @Nullable ErrorFields refusal(Statement.Own own) {
    if (!NAMES.contains(own.name())) {
      return Words.error("42704", "setting: " + own.name() + " (expected: one of " + NAMES + ")");
    }
    if (own.verb() == Statement.OwnVerb.show) {
      return null;
    }
    if (own.name().equals("may")) {
      return Words.error("55P02", "countersign.may cannot be changed; it says what duties allow");
    }
    if (own.value().length() > MOST_CHARS) {
      return Words.error(
          "22023",
          own.name() + ": " + own.value().length() + " characters (expected: at most 2000)");
    }
    if (own.name().equals("wait") && !WAITS.contains(own.value())) {
      return Words.error("22023", "countersign.wait: (expected: stream or ticket)");
    }
    if (own.name().equals("ticket") && !TICKET.matcher(own.value()).matches()) {
      return Words.error(
          "22023", "countersign.ticket: (expected: the number of a ticket, such as OPS-4711)");
    }
    return null;
  }

  /** Describes the answer: columns, or that there are none. */
  ByteBuf describe(ByteBuf out, Statement.Own own) {
    return own.verb() == Statement.OwnVerb.show
        ? Encode.rowDescription(out, List.of(Encode.textColumn("countersign." + own.name())))
        : Encode.noData(out);
  }

  /** Does it: rows if any, and the tag. Only after {@link #refusal} was null. */
  ByteBuf answer(ByteBuf out, Statement.Own own) {
    return switch (own.verb()) {
      case show -> {
        List<String> lines = show(own.name());
        lines.forEach(line -> Encode.dataRow(out, row(line)));
        yield Encode.commandComplete(out, "SHOW");
      }
      case set -> {
        change(own.name(), own.value());
        yield Encode.commandComplete(out, "SET");
      }
      case reset -> {
        change(own.name(), "");
        yield Encode.commandComplete(out, "RESET");
      }
    };
  }

  private static List<@Nullable String> row(String line) {
    List<@Nullable String> row = new ArrayList<>();
    row.add(line);
    return row;
  }

  private List<String> show(String name) {
    return switch (name) {
      case "reason" -> List.of(gate.statedReason());
      case "ticket" -> List.of(gate.statedTicket());
      case "wait" -> List.of(wanted());
      default -> May.lines(gate.rulebook(), gate.caller().principal(), gate.caller().target());
    };
  }

  private void change(String name, String value) {
    switch (name) {
      case "reason" -> gate.stateReason(value);
      case "ticket" -> gate.stateTicket(value);
      default -> gate.wantWait(value.isEmpty() ? null : Rule.Wait.valueOf(value));
    }
  }

  private String wanted() {
    Rule.Wait wanted = gate.wantedWait();
    return wanted == null ? "as the duty says" : wanted.name();
  }
}
