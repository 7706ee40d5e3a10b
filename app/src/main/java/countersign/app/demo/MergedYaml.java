package countersign.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.app.start.Failure;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A person's file with the demo's own parts written into it: what the person wrote stays as it is,
 * line by line, so that a mistake in it can be told with its line.
 *
 * @param text the whole
 * @param inserted numbers of the lines, from 1, that are the demo's
 */
record MergedYaml(String text, Set<Integer> inserted) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keys that hold lists, where what is added stands beside what is the demo's. */
  private static final Set<String> ADDABLE =
      Set.of("secrets", "people", "agents", "targets", "duties", "witnesses");

  /**
   * Writes the demo's parts into a file.
   *
   * @param name name of the file, for messages
   * @throws Failure if it is no YAML mapping, or settles what the demo settles itself
   */
  static MergedYaml of(String name, String own, ObjectNode demo) {
    Map<String, SequenceNode> lists = lists(name, own, demo);
    // By line, counted from 0: what is inserted before it.
    Map<Integer, List<String>> before = new TreeMap<>();
    List<String> after = new ArrayList<>();
    StringBuilder text = new StringBuilder(own);
    // From the end backwards, so that the marks before stay right.
    List<Map.Entry<String, SequenceNode>> backwards = new ArrayList<>(lists.entrySet());
    backwards.sort((one, other) -> Integer.compare(start(other), start(one)));
    for (Map.Entry<String, SequenceNode> list : backwards) {
      SequenceNode node = list.getValue();
      JsonNode items = demo.path(list.getKey());
      if (node.getFlowStyle() == FlowStyle.FLOW) {
        insertInto(text, node, items);
      } else {
        String dash = " ".repeat(node.getStartMark().getColumn()) + "- ";
        List<String> lines = new ArrayList<>();
        items.forEach(item -> lines.add(dash + json(item)));
        before.put(lastLine(node) + 1, lines);
      }
    }
    demo.fields()
        .forEachRemaining(key -> {
          if (!lists.containsKey(key.getKey()) && !has(own, key.getKey())) {
            after.add(key.getKey() + ": " + json(key.getValue()));
          }
        });
    return assemble(text.toString(), before, after);
  }

  /** The line of a person's file for a line of the whole; 0 for one of the demo's. */
  int ownLine(int line) {
    return inserted.contains(line)
        ? 0
        : line - (int) inserted.stream().filter(other -> other < line).count();
  }

  private static MergedYaml assemble(
      String own, Map<Integer, List<String>> before, List<String> after) {
    StringBuilder text = new StringBuilder();
    Set<Integer> inserted = new TreeSet<>();
    List<String> lines = own.lines().toList();
    int number = 0;
    for (int i = 0; i <= lines.size(); i++) {
      List<String> here = new ArrayList<>(before.getOrDefault(i, List.of()));
      if (i == lines.size()) {
        before.forEach((line, late) -> here.addAll(line > lines.size() ? late : List.of()));
        here.addAll(after);
      }
      for (String line : here) {
        text.append(line).append('\n');
        inserted.add(++number);
      }
      if (i < lines.size()) {
        text.append(lines.get(i)).append('\n');
        number++;
      }
    }
    return new MergedYaml(text.toString(), inserted);
  }

  private static void insertInto(StringBuilder text, SequenceNode node, JsonNode items) {
    StringBuilder words = new StringBuilder();
    for (Iterator<JsonNode> each = items.elements(); each.hasNext(); ) {
      words.append(json(each.next())).append(", ");
    }
    text.insert(text.offsetByCodePoints(0, start(node) + 1), words);
  }

  private static int start(Map.Entry<String, SequenceNode> list) {
    return start(list.getValue());
  }

  private static int start(SequenceNode node) {
    return node.getStartMark().getIndex();
  }

  /** The last line that anything of a node stands on; its own end mark may be lines later. */
  private static int lastLine(Node node) {
    return switch (node) {
      case SequenceNode list when list.getFlowStyle() != FlowStyle.FLOW ->
          list.getValue().stream()
              .mapToInt(MergedYaml::lastLine)
              .max()
              .orElse(list.getStartMark().getLine());
      case MappingNode map when map.getFlowStyle() != FlowStyle.FLOW ->
          map.getValue().stream()
              .mapToInt(pair -> lastLine(pair.getValueNode()))
              .max()
              .orElse(map.getStartMark().getLine());
      case ScalarNode scalar when scalar.getEndMark().getColumn() == 0 ->
          scalar.getEndMark().getLine() - 1;
      default -> node.getEndMark().getLine();
    };
  }

  private static boolean isFalse(NodeTuple pair) {
    return pair.getValueNode() instanceof ScalarNode scalar && scalar.getValue().equals("false");
  }

  private static Map<String, SequenceNode> lists(String name, String own, ObjectNode demo) {
    Map<String, SequenceNode> lists = new TreeMap<>();
    for (NodeTuple pair : mapping(name, own).getValue()) {
      String key = pair.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      int line = pair.getKeyNode().getStartMark().getLine() + 1;
      if (key.equals("apiVersion") || (key.equals("dualControl") && isFalse(pair))) {
        continue; // what the demo says itself
      }
      if (!ADDABLE.contains(key)) {
        throw new Failure(
            name
                + ":"
                + line
                + ": "
                + key
                + " (expected beside the demo's own: targets, duties, people, agents, secrets,"
                + " witnesses; for the rest: countersign start)");
      }
      if (!(pair.getValueNode() instanceof SequenceNode list)) {
        throw new Failure(name + ":" + line + ": " + key + " (expected: a list)");
      }
      if (demo.path(key).isArray()) {
        lists.put(key, list);
      }
    }
    return lists;
  }

  private static boolean has(String own, String key) {
    return own.lines().anyMatch(line -> line.startsWith(key + ":"));
  }

  private static MappingNode mapping(String name, String own) {
    LoaderOptions bounded = new LoaderOptions();
    bounded.setMaxAliasesForCollections(0);
    bounded.setNestingDepthLimit(20);
    try {
      @Nullable Node root = new Yaml(bounded).compose(new StringReader(own));
      if (root instanceof MappingNode mapping && mapping.getFlowStyle() != FlowStyle.FLOW) {
        return mapping;
      }
      throw new Failure(name + ":1: no mapping (expected: targets, duties …)");
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new Failure(name + ":" + line + ": " + e.getProblem());
    } catch (org.yaml.snakeyaml.error.YAMLException e) {
      throw new Failure(name + ":1: " + e.getMessage());
    }
  }

  private static String json(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
