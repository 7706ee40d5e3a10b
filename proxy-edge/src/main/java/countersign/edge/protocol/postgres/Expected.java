package countersign.edge.protocol.postgres;

import countersign.wire.postgres.ErrorFields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What the target is to answer next; one for each thing sent, in order. */
sealed interface Expected {

  /** The operation it answers, null when it answers none. */
  default @Nullable Run operation() {
    return switch (this) {
      case Simple(Run run) -> run;
      case Own(Run run) -> run;
      case Step(_, var run, _, _, _) -> run;
      case Refusal _, SyncPoint _, Cut _, Local _ -> null;
    };
  }

  /** Whether the caller sees nothing of it. */
  default boolean swallowed() {
    return switch (this) {
      case Own _ -> true;
      case Step step -> step.own();
      case SyncPoint sync -> sync.own();
      case Simple _, Refusal _, Cut _, Local _ -> false;
    };
  }

  /** The answer of a simple Query or FunctionCall, up to ReadyForQuery. */
  record Simple(Run run) implements Expected {}

  /** The answer of a simple Query of the edge's own; the caller sees nothing of it. */
  record Own(Run run) implements Expected {}

  /**
   * The answer of one message of the extended protocol.
   *
   * @param kind {@code 1} parsed, {@code 2} bound, {@code 3} closed, {@code S} and {@code P}
   *     described, {@code E} executed
   * @param run the operation it executes
   * @param own whether the edge sent it: the caller sees nothing of it unless it fails
   * @param describes what its answer describes, null for nothing
   * @param done runs when it went well
   */
  record Step(
      char kind, @Nullable Run run, boolean own, @Nullable Described describes, Runnable done)
      implements Expected {
    Step(char kind, @Nullable Run run, boolean own, Runnable done) {
      this(kind, run, own, null, done);
    }

    /** Whether a message of that type is the last of the answer. */
    boolean endsWith(byte type) {
      return switch (kind) {
        case '1', '2', '3' -> type == kind;
        case 'S', 'P' -> type == 'T' || type == 'n';
        case 'E' -> type == 'C' || type == 's' || type == 'I';
        default -> throw new IllegalArgumentException("kind: " + kind + " (expected: 1 2 3 S P E)");
      };
    }
  }

  /** The error that an invalid Parse provokes, and what the caller is told in its place. */
  record Refusal(ErrorFields error, long barrier) implements Expected {}

  /**
   * ReadyForQuery after Sync.
   *
   * @param own whether the edge sent it: the caller sees nothing of it
   */
  record SyncPoint(boolean own) implements Expected {}

  /**
   * ReadyForQuery after a Sync that the edge puts before a Query which comes inside of an extended
   * unit. The caller sees all but that message; after an error the target would skip on.
   */
  record Cut() implements Expected {}

  /** Nothing from the target: bytes of the edge's own that take their turn. */
  record Local(ByteBuf bytes, long barrier) implements Expected {}
}
