package countersign.api.rules;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import countersign.deciding.Durations;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.target.Target;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A duty in the words and the shape of the configuration file; what was not said is absent. */
public record DutyView(
    String id,
    String name,
    List<String> groups,
    List<String> targets,
    List<RuleView> rules,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> unmask,
    @JsonInclude(JsonInclude.Include.NON_NULL) Target.@Nullable Recording recording) {

  static DutyView of(Duty duty) {
    return new DutyView(
        duty.name(),
        duty.name(),
        sorted(duty.groups()),
        sorted(duty.targets()),
        duty.rules().stream().map(RuleView::of).toList(),
        duty.unmask(),
        duty.recording());
  }

  /**
   * A rule: one of {@code allow}, {@code hold} and {@code block}; the terms only with {@code hold}.
   *
   * @param within such as {@code 15m}
   * @param waiting {@code stream} or {@code ticket}
   * @param reason {@code required} or absent
   * @param lockWait such as {@code 1m}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RuleView(
      @Nullable List<Effect> allow,
      @Nullable List<Effect> hold,
      @Nullable List<Effect> block,
      @Nullable MatchView match,
      @Nullable String when,
      @Nullable List<String> by,
      @Nullable Integer quorum,
      @Nullable String within,
      @JsonProperty("wait") Rule.@Nullable Wait waiting,
      @Nullable String reason,
      @Nullable String lockWait,
      @Nullable String message) {

    static RuleView of(Rule rule) {
      List<Effect> effects = rule.effects().stream().sorted().toList();
      Rule.@Nullable Hold terms = rule.action() == Rule.Action.hold ? rule.hold() : null;
      return new RuleView(
          rule.action() == Rule.Action.allow ? effects : null,
          rule.action() == Rule.Action.hold ? effects : null,
          rule.action() == Rule.Action.block ? effects : null,
          MatchView.of(rule.match()),
          said(rule.when()),
          terms == null ? null : sorted(terms.by()),
          terms == null ? null : terms.quorum(),
          terms == null ? null : Durations.write(terms.within()),
          terms == null ? null : terms.waiting(),
          terms != null && terms.reasonRequired() ? "required" : null,
          terms == null ? null : Durations.write(terms.lockWait()),
          said(rule.message()));
    }
  }

  /** What an operation must touch. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record MatchView(List<String> relations, List<String> text) {
    static @Nullable MatchView of(Rule.Match match) {
      return match.equals(Rule.Match.ANYTHING)
          ? null
          : new MatchView(match.relations(), match.text());
    }
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().toList();
  }

  private static @Nullable String said(String words) {
    return words.isEmpty() ? null : words;
  }
}
