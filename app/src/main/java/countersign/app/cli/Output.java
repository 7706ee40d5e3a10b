package countersign.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine.Option;

/**
 * How a command answers: {@code -o json} or {@code yaml} for programs, a table for people. A
 * picocli mixin.
 */
final class Output {
  /** Data only; talk goes to {@link System#err}. */
  static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, json or yaml (default: ${DEFAULT-VALUE})")
  private String format = "text";

  /** Whether the answer is for a program: then {@link #print} writes it. */
  boolean structured() {
    return switch (format) {
      case "json", "yaml" -> true;
      case "text" -> false;
      default -> throw new Api.Failed("-o: " + format + " (expected: text, json or yaml)");
    };
  }

  /** Prints a document as YAML where that was asked for, as JSON otherwise. */
  void print(JsonNode node) {
    if (format.equals("yaml")) {
      DumperOptions options = new DumperOptions();
      options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
      OUT.print(new Yaml(options).dump(Api.JSON.convertValue(node, Object.class)));
      return;
    }
    try {
      OUT.println(Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a parsed document can always be written", e);
    }
  }

  /** Prints one of a stream of documents: JSON on one line, YAML behind {@code ---}. */
  void printNext(JsonNode node) {
    if (format.equals("yaml")) {
      OUT.println("---");
      print(node);
    } else {
      OUT.println(node);
    }
  }

  /** Prints columns as wide as their widest cell; cells are made harmless for a terminal. */
  static void table(List<String> header, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    for (List<String> row : rows) {
      all.add(row.stream().map(Output::harmless).toList());
    }
    int[] width = new int[header.size()];
    for (List<String> row : all) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    }
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < width.length; i++) {
        line.append(row.get(i));
        if (i < width.length - 1) {
          line.append(" ".repeat(width[i] - row.get(i).length() + 2));
        }
      }
      OUT.println(line);
    }
  }

  /**
   * Makes text safe for a terminal: control characters (C0 but line feed and tab, DEL, C1) and the
   * bidirectional overrides become visible escapes, so that a statement cannot repaint the screen
   * of whoever approves it.
   */
  static String harmless(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
          boolean bidi = c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
          if (control || bidi || c == 0x200E || c == 0x200F) {
            safe.append(String.format("\\u%04x", c));
          } else {
            safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }

  /** One line of at most {@code limit} characters; says how much is left out. */
  static String brief(String text, int limit) {
    String line = harmless(text).replaceAll("\\s+", " ").strip();
    return line.length() <= limit
        ? line
        : line.substring(0, limit - 1) + "… (" + text.length() + " characters)";
  }
}
