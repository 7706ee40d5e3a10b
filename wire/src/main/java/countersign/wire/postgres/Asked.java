package countersign.wire.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asked and still waits for, in the order of asking. */
sealed interface Asked {

  /** When. */
  long micros();

  /** A simple query: answered up to ReadyForQuery. */
  record Simple(long micros, String text) implements Asked {}

  /** Parse. */
  record Parsing(long micros, String name, String text, List<Integer> types) implements Asked {}

  /** Bind; {@code values} are copies, cut. */
  record Binding(
      long micros,
      String portal,
      String statement,
      List<Short> formats,
      List<byte @Nullable []> values,
      List<Short> resultFormats)
      implements Asked {}

  /** Describe of a statement ({@code S}) or portal ({@code P}). */
  record Describing(long micros, char kind, String name) implements Asked {}

  /** Execute. */
  record Executing(long micros, String portal) implements Asked {}

  /** Close of a statement ({@code S}) or portal ({@code P}). */
  record Closing(long micros, char kind, String name) implements Asked {}

  /** Sync: answered by ReadyForQuery. */
  record Syncing(long micros) implements Asked {}

  /** A function call by OID: answered by its result and ReadyForQuery. */
  record Calling(long micros, int function) implements Asked {}

  /** Whether ReadyForQuery answers it. */
  default boolean endsWithReady() {
    return switch (this) {
      case Simple _, Syncing _, Calling _ -> true;
      case Parsing _, Binding _, Describing _, Executing _, Closing _ -> false;
    };
  }
}
