package countersign.wire.postgres;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements and portals of a session as far as they were seen; the oldest go first.
 */
final class Prepared {
  private static final int MOST = 1_000;
  private static final int MOST_CHARACTERS = 16 << 20;

  private final Map<String, Statement> statements = new LinkedHashMap<>();
  private final Map<String, Portal> portals = new LinkedHashMap<>();
  private int characters;

  /** A prepared statement. */
  static final class Statement {
    final String text;
    List<Integer> types;
    List<BackendMessage.Column> columns = List.of();

    Statement(String text, List<Integer> types) {
      this.text = text;
      this.types = types;
    }
  }

  /** A portal: {@code columns} once it is described itself. */
  static final class Portal {
    final String text;
    final List<@Nullable String> binds;
    List<BackendMessage.Column> columns;

    Portal(String text, List<@Nullable String> binds, List<BackendMessage.Column> columns) {
      this.text = text;
      this.binds = binds;
      this.columns = columns;
    }
  }

  void parsed(Asked.Parsing parsing) {
    forget('S', parsing.name());
    String text = parsing.text();
    if (text.length() > OpenExchange.MOST_OF_TEXT) {
      text = text.substring(0, OpenExchange.MOST_OF_TEXT);
    }
    statements.put(parsing.name(), new Statement(text, parsing.types()));
    characters += text.length();
    while (statements.size() > MOST || characters > MOST_CHARACTERS) {
      forget('S', statements.keySet().iterator().next());
    }
  }

  void bound(Asked.Binding binding) {
    Statement statement = statements.get(binding.statement());
    List<Integer> types = statement == null ? List.of() : statement.types;
    List<@Nullable String> binds = new ArrayList<>();
    for (int i = 0; i < binding.values().size(); i++) {
      byte[] value = binding.values().get(i);
      int type = i < types.size() ? types.get(i) : 0;
      binds.add(value == null ? null : shown(type, format(binding.formats(), i), value));
    }
    portals.remove(binding.portal());
    portals.put(
        binding.portal(),
        new Portal(
            statement == null ? "" : statement.text,
            binds,
            statement == null ? List.of() : formatted(statement.columns, binding.resultFormats())));
    while (portals.size() > MOST) {
      portals.remove(portals.keySet().iterator().next());
    }
  }

  private static String shown(int type, int format, byte[] value) {
    return ValueText.of(type, format, Unpooled.wrappedBuffer(value), OpenExchange.MOST_OF_VALUE);
  }

  private static List<BackendMessage.Column> formatted(
      List<BackendMessage.Column> columns, List<Short> formats) {
    List<BackendMessage.Column> formatted = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      BackendMessage.Column c = columns.get(i);
      formatted.add(
          new BackendMessage.Column(
              c.name(),
              c.tableOid(),
              c.attribute(),
              c.typeOid(),
              c.typeSize(),
              c.typeModifier(),
              (short) format(formats, i)));
    }
    return formatted;
  }

  private static int format(List<Short> formats, int index) {
    return switch (formats.size()) {
      case 0 -> 0;
      case 1 -> formats.getFirst();
      default -> index < formats.size() ? formats.get(index) : 0;
    };
  }

  void parameters(Asked.Describing describing, List<Integer> types) {
    Statement statement = statements.get(describing.name());
    if (describing.kind() == 'S' && statement != null) {
      statement.types = types;
    }
  }

  void columns(Asked.Describing describing, List<BackendMessage.Column> columns) {
    if (describing.kind() == 'S') {
      Statement statement = statements.get(describing.name());
      if (statement != null) {
        statement.columns = columns;
      }
    } else {
      Portal portal = portals.get(describing.name());
      if (portal != null) {
        portal.columns = columns;
      }
    }
  }

  void forget(char kind, String name) {
    if (kind == 'S') {
      Statement gone = statements.remove(name);
      characters -= gone == null ? 0 : gone.text.length();
    } else {
      portals.remove(name);
    }
  }

  @Nullable Portal portal(String name) {
    return portals.get(name);
  }
}
