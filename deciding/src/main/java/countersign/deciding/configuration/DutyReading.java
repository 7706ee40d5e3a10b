package countersign.deciding.configuration;

import countersign.deciding.Durations;
import countersign.deciding.Glob;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.target.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads duties and finds rules that contradict each other. */
final class DutyReading {
  private static final List<String> ACTIONS = List.of("allow", "hold", "block");
  private static final List<String> TERMS =
      List.of("by", "quorum", "within", "wait", "reason", "lockWait");

  private final Mistakes mistakes;
  private final Set<String> targets;

  DutyReading(Mistakes mistakes, Set<String> targets) {
    this.mistakes = mistakes;
    this.targets = new TreeSet<>(targets);
  }

  List<Duty> duties(List<Part.Keys> duties) {
    Once names = new Once(mistakes, "a name of its own");
    List<Duty> read = new ArrayList<>();
    for (Part.Keys duty : duties) {
      names.check(duty, "name");
      duty.texts("targets").forEach(this::known);
      List<Rule> rules = new ArrayList<>();
      Clashes clashes = new Clashes();
      for (Part.Keys part : duty.each("rules")) {
        Rule rule = rule(part);
        if (rule != null) {
          clashes.check(part, rule);
          rules.add(rule);
        }
      }
      if (duty.has("unmask")
          && rules.stream().noneMatch(rule -> rule.action() == Rule.Action.hold)) {
        mistakes.add(duty, "unmask", "a rule that holds: its approvers lift the masks too");
      }
      read.add(
          new Duty(
              duty.text("name", ""),
              values(duty.texts("groups")),
              values(duty.texts("targets")),
              rules,
              duty.texts("unmask").stream().map(Part.Text::value).toList(),
              duty.has("recording") ? Target.Recording.valueOf(duty.text("recording", "")) : null));
    }
    return read;
  }

  private void known(Part.Text written) {
    if (targets.stream().noneMatch(name -> Glob.matches(written.value(), name))) {
      mistakes.add(
          written,
          written.value(),
          targets.isEmpty()
              ? "a declared target; there is none"
              : "one of "
                  + Mistakes.shown(String.join(", ", targets))
                  + Mistakes.nearest(written.value(), targets));
    }
  }

  private @Nullable Rule rule(Part.Keys part) {
    List<String> given = ACTIONS.stream().filter(part::has).toList();
    if (given.size() != 1) {
      mistakes.add(
          part,
          given.isEmpty() ? "no action" : String.join(" and ", given),
          "exactly one of allow, hold, block");
      return null;
    }
    Rule.Action action = Rule.Action.valueOf(given.getFirst());
    Rule.Match match = match(part.keys("match"), action);
    terms(part, action);
    return new Rule(
        action,
        TargetReading.effects(part.texts(given.getFirst())),
        match,
        part.text("when", ""),
        action == Rule.Action.hold ? hold(part) : Rule.Hold.DEFAULT,
        part.text("message", ""));
  }

  private Rule.Match match(Part.@Nullable Keys match, Rule.Action action) {
    if (match == null) {
      return Rule.Match.ANYTHING;
    }
    List<Part.Text> text = match.texts("text");
    if (action == Rule.Action.allow && !text.isEmpty()) {
      mistakes.add(
          text.getFirst().line(),
          match.path() + ".text",
          Mistakes.shown(text.getFirst().value()),
          "only on hold and block: a text can be written in too many ways to allow by it");
    }
    return new Rule.Match(
        match.texts("relations").stream().map(Part.Text::value).toList(),
        text.stream().map(Part.Text::value).toList());
  }

  private void terms(Part.Keys part, Rule.Action action) {
    if (action == Rule.Action.hold) {
      if (!part.has("by")) {
        mistakes.add(
            part.line(), part.path() + ".by", "(absent)", "groups whose members may approve");
      }
      return;
    }
    for (String term : TERMS) {
      Part stray = part.get(term);
      if (stray != null) {
        mistakes.add(stray.line(), stray.path() + ": only on hold, not on " + action);
      }
    }
  }

  private static Rule.Hold hold(Part.Keys part) {
    return new Rule.Hold(
        values(part.texts("by")),
        (int) part.number("quorum", 1),
        duration(part, "within", Rule.Hold.DEFAULT.within()),
        Rule.Wait.valueOf(part.text("wait", "stream")),
        part.text("reason", "optional").equals("required"),
        duration(part, "lockWait", Rule.Hold.DEFAULT.lockWait()));
  }

  private static Duration duration(Part.Keys part, String key, Duration otherwise) {
    return Durations.read(part.text(key, "")).orElse(otherwise);
  }

  private static Set<String> values(List<Part.Text> texts) {
    return texts.stream().map(Part.Text::value).collect(Collectors.toSet());
  }

  /**
   * Finds effects that one duty blocks and also allows or holds under the very same condition: one
   * of the two lines is a mistake, and the reader of the file cannot tell which.
   */
  private final class Clashes {
    private record Subject(Effect effect, Set<String> relations, Set<String> text, String when) {}

    private record Line(Rule.Action action, int line) {}

    private final Map<Subject, List<Line>> seen = new HashMap<>();

    private void check(Part.Keys part, Rule rule) {
      for (Effect effect : new TreeSet<>(rule.effects())) {
        Subject subject =
            new Subject(
                effect,
                Set.copyOf(rule.match().relations()),
                Set.copyOf(rule.match().text()),
                rule.when());
        List<Line> lines = seen.computeIfAbsent(subject, _ -> new ArrayList<>());
        lines.stream()
            .filter(line -> clash(line.action(), rule.action()))
            .findFirst()
            .ifPresent(line -> clash(part, rule, effect, line));
        lines.add(new Line(rule.action(), part.line()));
      }
    }

    private static boolean clash(Rule.Action one, Rule.Action other) {
      return one != other && (one == Rule.Action.block || other == Rule.Action.block);
    }

    private void clash(Part.Keys part, Rule rule, Effect effect, Line line) {
      mistakes.add(
          part,
          rule.action() + " " + effect,
          "not both: line " + line.line() + " has " + line.action() + " for the same");
    }
  }
}
