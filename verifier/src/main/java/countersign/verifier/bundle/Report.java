package countersign.verifier.bundle;

import countersign.verifier.json.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a verification found, aspect by aspect, and what cannot be proven at all. */
public final class Report {

  /** What is looked at. Each has its own answer. */
  public enum Aspect {
    /** Is everything as it was when the log was signed? */
    INTEGRITY,
    /** Is anything of the scope left out? */
    COMPLETENESS,
    /** When was it, at the latest? */
    TIME,
    /** Whose log is it? */
    IDENTITY
  }

  /** How an aspect, or the whole, came out; the worst counts. */
  public enum Outcome {
    /** Proven. */
    PROVEN(0),
    /** True as far as the bundle goes, but nothing from outside stands behind it; no failure. */
    CLAIMED(0),
    /** Proven, but something was erased, and that is proven too. */
    ERASED(4),
    /** Something that belongs to the scope is not there or cannot be shown to be. */
    INCOMPLETE(2),
    /** Signed by a key, or witnessed by too few, that the policy does not trust. */
    UNTRUSTED(3),
    /** Something is not what was signed. */
    TAMPERED(1);

    private final int exitCode;

    Outcome(int exitCode) {
      this.exitCode = exitCode;
    }

    /** Exit code of the program when this is the worst that was found. */
    public int exitCode() {
      return exitCode;
    }
  }

  /** What is said about one aspect. */
  public record Finding(Aspect aspect, Outcome outcome, String text) {}

  private static final int MOST = 100;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Aspect, Outcome> outcomes = new EnumMap<>(Aspect.class);

  void add(Aspect aspect, Outcome outcome, String text) {
    outcomes.merge(aspect, outcome, (one, other) -> one.compareTo(other) > 0 ? one : other);
    if (findings.size() < MOST) {
      findings.add(new Finding(aspect, outcome, text));
    }
  }

  /** What was found, in the order of finding; the first 100. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How an aspect came out. */
  public Outcome of(Aspect aspect) {
    // What nobody looked at, because something worse was found before, is not proven.
    return outcomes.getOrDefault(aspect, Outcome.CLAIMED);
  }

  /** The worst of all aspects. */
  public Outcome outcome() {
    Outcome worst = Outcome.PROVEN;
    for (Outcome outcome : outcomes.values()) {
      worst = outcome.compareTo(worst) > 0 ? outcome : worst;
    }
    return worst;
  }

  /** Exit code of the program: 0, 1, 2, 3 or 4. */
  public int exitCode() {
    return outcome().exitCode();
  }

  /** What no bundle proves. */
  public static final List<String> LIMITS =
      List.of(
          "It proves what the gateway recorded, not that nothing went around the gateway: compare with"
              + " the target's own log.",
          "A bundle of what matches a question does not prove that nothing else matches: only one over"
              + " a range of the log does.");

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Aspect aspect : Aspect.values()) {
      text.append("%-13s %s%n".formatted(aspect, word(of(aspect))));
      for (Finding finding : findings) {
        if (finding.aspect == aspect) {
          text.append("              ");
          text.append(finding.outcome == Outcome.PROVEN ? "" : word(finding.outcome) + ": ");
          text.append(finding.text).append('\n');
        }
      }
    }
    text.append("\nWhat this does not prove\n");
    LIMITS.forEach(limit -> text.append("              ").append(limit).append('\n'));
    text.append("\nRESULT        ").append(result()).append('\n');
    return text.toString();
  }

  private String result() {
    return word(outcome()) + " (exit code " + exitCode() + ")";
  }

  /** For programs. */
  public Json json() {
    Json.Builder aspects = Json.object();
    for (Aspect aspect : Aspect.values()) {
      aspects.with(aspect.name().toLowerCase(Locale.ROOT), word(of(aspect)));
    }
    return Json.object()
        .with("result", word(outcome()))
        .with("exitCode", exitCode())
        .with("aspects", aspects.made())
        .with(
            "findings",
            Json.of(
                findings.stream()
                    .map(finding ->
                        Json.object()
                            .with("aspect", finding.aspect.name().toLowerCase(Locale.ROOT))
                            .with("outcome", word(finding.outcome))
                            .with("text", finding.text)
                            .made())
                    .toList()))
        .with("limits", Json.of(LIMITS.stream().map(Json::of).toList()))
        .made();
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
