package countersign.deciding.configuration;

import java.io.StringReader;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Reads YAML into nodes that know their lines; nothing is ever constructed from it. */
final class YamlNodes {
  /** Longest file, in bytes of UTF-8. */
  static final int LIMIT = 1 << 20;

  private static final int DEPTH = 30;

  private YamlNodes() {}

  /** Returns the root, or null after noting what is wrong. */
  static @Nullable Node read(String yaml, Mistakes mistakes) {
    try {
      if (anchors(yaml, mistakes)) {
        return null;
      }
      Node root = reader().compose(new StringReader(yaml));
      if (root == null) {
        mistakes.add(1, "the file is empty (expected: apiVersion: countersign/v1)");
      }
      return root;
    } catch (MarkedYAMLException e) {
      // Never its toString: that quotes the line, which may hold what should not be shown.
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      mistakes.add(line, "not YAML: " + Mistakes.shown(problem(e)));
    } catch (ReaderException e) {
      mistakes.add(
          lineAt(yaml, e.getPosition()),
          String.format("not YAML: the character U+%04X is not allowed", e.getCodePoint()));
    } catch (YAMLException e) {
      mistakes.add(1, "not YAML: nested deeper than " + DEPTH + " levels, or too large");
    }
    return null;
  }

  private static String problem(MarkedYAMLException e) {
    return e.getProblem() == null ? "cannot be read" : e.getProblem();
  }

  private static boolean anchors(String yaml, Mistakes mistakes) {
    boolean found = false;
    for (Event event : reader().parse(new StringReader(yaml))) {
      if (event instanceof AliasEvent
          || (event instanceof NodeEvent node && node.getAnchor() != null)) {
        mistakes.add(
            event.getStartMark().getLine() + 1, "anchors and aliases are not taken: write it out");
        found = true;
      }
    }
    return found;
  }

  private static Yaml reader() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LIMIT);
    options.setNestingDepthLimit(DEPTH);
    options.setMaxAliasesForCollections(0);
    options.setProcessComments(false);
    return new Yaml(new SafeConstructor(options));
  }

  private static int lineAt(String yaml, int position) {
    int end = yaml.offsetByCodePoints(0, Math.min(position, yaml.codePointCount(0, yaml.length())));
    return 1 + (int) yaml.substring(0, end).chars().filter(c -> c == '\n').count();
  }
}
