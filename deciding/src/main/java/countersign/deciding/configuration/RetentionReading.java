package countersign.deciding.configuration;

import countersign.retention.RetentionRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads how long sessions are kept: for everything, for targets, for duties. */
final class RetentionReading {
  private final Mistakes mistakes;

  RetentionReading(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  RetentionRules rules(Part.Keys file) {
    Map<String, RetentionRules.Span> targets = new TreeMap<>();
    for (Part.Keys target : file.each("targets")) {
      Part.Keys protect = target.keys("protect");
      add(targets, target, protect == null ? null : protect.keys("retention"));
    }
    Map<String, RetentionRules.Span> duties = new TreeMap<>();
    file.each("duties").forEach(duty -> add(duties, duty, duty.keys("retention")));
    Part.Keys everything = file.keys("retention");
    return new RetentionRules(everything == null ? null : span(everything), targets, duties);
  }

  private void add(
      Map<String, RetentionRules.Span> spans, Part.Keys named, Part.@Nullable Keys retention) {
    if (retention != null) {
      spans.put(named.text("name", ""), span(retention));
    }
  }

  private RetentionRules.Span span(Part.Keys retention) {
    int hot = days(retention, "hot");
    int total = days(retention, "total");
    if (hot > total && total > 0) {
      mistakes.add(
          retention.line(), retention.path() + ".hot", hot + "d", "at most total, " + total + "d");
    }
    return new RetentionRules.Span(hot, total);
  }

  private static int days(Part.Keys retention, String key) {
    List<Part.Text> text = retention.texts(key);
    if (text.isEmpty()) {
      return 0;
    }
    String value = text.getFirst().value();
    return Integer.parseInt(value.substring(0, value.length() - 1));
  }
}
