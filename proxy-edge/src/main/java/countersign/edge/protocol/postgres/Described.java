package countersign.edge.protocol.postgres;

import countersign.wire.postgres.BackendMessage.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the target said of the columns of a prepared statement or portal: filled when the answer of
 * a Describe passes, read when rows come. Confined to the event loop.
 */
final class Described {
  /** The statement a portal was bound from; null for a statement. */
  private final @Nullable Described statement;

  /** Result formats that a Bind asked for. */
  private final List<Short> formats;

  private @Nullable List<Column> columns;

  Described() {
    this(null, List.of());
  }

  private Described(@Nullable Described statement, List<Short> formats) {
    this.statement = statement;
    this.formats = formats;
  }

  Described bound(List<Short> resultFormats) {
    return new Described(this, resultFormats);
  }

  void columns(List<Column> described) {
    columns = described;
  }

  /** The columns with the formats in which rows come; null when nobody asked. */
  @Nullable List<Column> columns() {
    if (columns != null || statement == null || statement.columns == null) {
      return columns;
    }
    List<Column> said = statement.columns;
    java.util.ArrayList<Column> bound = new java.util.ArrayList<>(said.size());
    for (int i = 0; i < said.size(); i++) {
      Column c = said.get(i);
      short format =
          formats.isEmpty() ? 0 : formats.size() == 1 ? formats.getFirst() : at(formats, i);
      bound.add(
          new Column(
              c.name(),
              c.tableOid(),
              c.attribute(),
              c.typeOid(),
              c.typeSize(),
              c.typeModifier(),
              format));
    }
    return bound;
  }

  private static short at(List<Short> formats, int index) {
    return index < formats.size() ? formats.get(index) : 0;
  }
}
