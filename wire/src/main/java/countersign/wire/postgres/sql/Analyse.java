package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Analysed.Part;
import countersign.wire.postgres.sql.Analysed.Touch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tree of a text. Pure, thread-safe, linear in the tree. */
public final class Analyse {
  private static final int MOST_STATEMENTS = 1_000;

  private Analyse() {}

  /**
   * Reads what the grammar said of a text.
   *
   * @param text the text that was parsed
   */
  public static Analysed analyse(String text, Parse parse) {
    return switch (parse) {
      case Parse.Tree(int major, List<Node> statements) -> tree(text, major, statements);
      case Parse.Rejected rejected ->
          unread(
              text,
              rejected.major(),
              "PostgreSQL " + rejected.major() + " would call it a syntax error",
              rejected);
      case Parse.Failed(int major, String why) -> unread(text, major, why);
    };
  }

  /** A text that nobody could read; {@code why} quotes nothing of it. */
  public static Analysed unread(String text, int major, String why) {
    return unread(text, major, why, null);
  }

  private static Analysed unread(
      String text, int major, String why, Parse.@Nullable Rejected rejected) {
    Statement unknown = new Statement.Unknown(text, Set.of(Effect.unknown), why);
    return new Analysed(
        major, why, rejected, List.of(new Part(unknown, new Uses(), Touch.names, null)));
  }

  private static Analysed tree(String text, int major, List<Node> statements) {
    if (statements.size() > MOST_STATEMENTS) {
      return unread(text, major, "more than " + MOST_STATEMENTS + " statements");
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<Part> parts = new ArrayList<>(statements.size());
    for (Node raw : statements) {
      Node statement = raw.node("stmt");
      if (statement == null || raw.odd()) {
        return unread(text, major, "a statement without a tree");
      }
      parts.add(new TreeReading(slice(utf8, raw)).read(statement));
    }
    return new Analysed(major, null, null, ownOnlyAlone(parts));
  }

  /** The statement's part of the text, without what surrounds it. */
  private static String slice(byte[] utf8, Node raw) {
    int from = Math.clamp(raw.number("stmt_location"), 0, utf8.length);
    int length = raw.number("stmt_len");
    int to = length == 0 ? utf8.length : Math.clamp((long) from + length, from, utf8.length);
    return Blank.strip(new String(utf8, from, to - from, StandardCharsets.UTF_8));
  }

  /** The edge answers its own settings; it cannot do so in the middle of another text. */
  private static List<Part> ownOnlyAlone(List<Part> parts) {
    if (parts.size() < 2) {
      return parts;
    }
    return parts.stream()
        .map(part ->
            part.statement() instanceof Statement.Own own
                ? new Part(
                    new Statement.Unknown(
                        own.text(),
                        Set.of(Effect.session, Effect.unknown),
                        "countersign.* is not alone in its text"),
                    part.uses(),
                    Touch.names,
                    null)
                : part)
        .toList();
  }
}
