package countersign.edge.protocol.postgres;

import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.BackendMessage.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told of a prepared statement.
 *
 * @param parameters types of its parameters; null when the target did not say
 * @param columns its columns; null when it returns no rows
 * @param error SQLSTATE where it could not be prepared, else empty
 */
record Shape(@Nullable List<Integer> parameters, @Nullable List<Column> columns, String error) {

  /**
   * Says what two statements differ in.
   *
   * @param said the answers to a Parse and a Describe of each, with the ReadyForQuery between
   * @return empty when they have the same shape
   */
  static Optional<String> difference(List<BackendMessage> said) {
    int between = 0;
    while (between < said.size() && !(said.get(between) instanceof BackendMessage.ReadyForQuery)) {
      between++;
    }
    Shape one = of(said.subList(0, between));
    Shape other = of(said.subList(Math.min(between + 1, said.size()), said.size()));
    if (!one.error.isEmpty() || one.parameters == null) {
      return Optional.of("the target does not describe the statement that waits");
    }
    if (!other.error.isEmpty()) {
      return Optional.of("the target refuses the text (" + other.error + ")");
    }
    if (!one.parameters.equals(other.parameters)) {
      return Optional.of("its parameters are others (expected: the same number and types)");
    }
    return told(one.columns).equals(told(other.columns))
        ? Optional.empty()
        : Optional.of(
            "its columns are others (expected: the same names and types from the same tables, "
                + words(one.columns)
                + ")");
  }

  private static Shape of(List<BackendMessage> said) {
    List<Integer> parameters = null;
    List<Column> columns = null;
    String error = "";
    for (BackendMessage message : said) {
      switch (message) {
        case BackendMessage.ParameterDescription(var types) -> parameters = types;
        case BackendMessage.RowDescription(var described) -> columns = described;
        case BackendMessage.ErrorResponse(var fields) -> error = fields.code();
        case BackendMessage _ -> {}
      }
    }
    return new Shape(parameters, columns, error);
  }

  /** Where a column comes from counts too: masks go by it. */
  private static List<String> told(@Nullable List<Column> columns) {
    List<String> told = new ArrayList<>();
    if (columns == null) {
      return List.of("no rows");
    }
    for (Column c : columns) {
      told.add(
          String.join(
              " ",
              c.name(),
              "" + c.tableOid(),
              "" + c.attribute(),
              "" + c.typeOid(),
              "" + c.typeModifier()));
    }
    return told;
  }

  private static String words(@Nullable List<Column> columns) {
    return columns == null
        ? "here none"
        : "here " + String.join(", ", columns.stream().map(Column::name).limit(20).toList());
  }
}
