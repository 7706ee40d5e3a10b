package countersign.edge.protocol.postgres;

import countersign.edge.protocol.postgres.Statements.Portal;
import countersign.edge.protocol.postgres.Statements.Prepared;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages held back until the operation they belong to is decided. */
final class HeldBack {
  private final List<Item> items = new ArrayList<>();

  /**
   * One message.
   *
   * @param statement name of the statement it prepares or describes, null for others
   * @param portal portal it binds, null for others
   */
  private record Item(
      ByteBuf bytes, Expected.Step expected, @Nullable String statement, @Nullable Portal portal) {
    boolean closes() {
      return expected.kind() == '3';
    }
  }

  void add(ByteBuf bytes, Expected.Step expected, @Nullable String statement) {
    items.add(new Item(bytes, expected, statement, null));
  }

  void bind(ByteBuf bytes, Expected.Step expected, Portal portal) {
    items.add(new Item(bytes, expected, null, portal));
  }

  /** Whether a portal's Bind is here: the target knows nothing of it. */
  boolean holds(Portal portal) {
    return items.stream().anyMatch(item -> item.portal == portal);
  }

  /** Binds another statement, prepared just before, in a portal's place. */
  void replace(Portal portal, List<ByteBuf> prepare, ByteBuf bytes, Portal other) {
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      if (item.portal == portal) {
        item.bytes.release();
        items.set(i, new Item(bytes, item.expected, null, other));
        items.add(i, new Item(prepare.get(1), own('1'), null, null));
        items.add(i, new Item(prepare.get(0), own('3'), null, null));
        return;
      }
    }
    throw new IllegalStateException("portal: with the target (expected: held back)");
  }

  private static Expected.Step own(char kind) {
    return new Expected.Step(kind, null, true, () -> {});
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  /** A portal that nobody has decided on yet, null when there is none. */
  @Nullable Portal undecided() {
    for (Item item : items) {
      if (item.portal != null && item.portal.ahead == null) {
        return item.portal;
      }
    }
    return null;
  }

  boolean anyWrites(Flow flow) {
    for (Item item : items) {
      Prepared statement =
          item.portal != null
              ? item.portal.statement
              : item.statement != null ? flow.statements.statement(item.statement) : null;
      if (statement != null && flow.access.wantsReadWrite(statement.reading())) {
        return true;
      }
    }
    return false;
  }

  /** Sends everything. */
  void release(Flow flow) {
    for (Item item : items) {
      flow.upstream.send(flow.gate.protocol(), item.bytes);
      flow.answers.expect(item.expected);
    }
    items.clear();
  }

  /** Throws away a refused statement: its Parse and Describe, and every Bind not executed. */
  void drop(Prepared refused) {
    items.removeIf(item -> {
      boolean goes =
          item.statement == null ? !item.closes() : item.statement.equals(refused.name());
      if (goes) {
        item.bytes.release();
      }
      return goes;
    });
  }

  /** Throws everything away. */
  void dropAll() {
    items.forEach(item -> item.bytes.release());
    items.clear();
  }
}
