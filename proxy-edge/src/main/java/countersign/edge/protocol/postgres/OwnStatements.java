package countersign.edge.protocol.postgres;

import countersign.edge.protocol.postgres.Statements.Portal;
import countersign.edge.protocol.postgres.Statements.Prepared;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code SET/SHOW/RESET countersign.*} by the extended protocol: answered in turn with what the
 * target answers. Confined to the event loop.
 */
final class OwnStatements {
  private final Flow flow;
  private boolean answered;

  OwnStatements(Flow flow) {
    this.flow = flow;
  }

  /** Whether something of this unit was answered here. */
  boolean answered() {
    return answered;
  }

  void unitEnded() {
    answered = false;
  }

  /** Takes a Parse; returns what is wrong with it, null for nothing. */
  @Nullable ErrorFields parse(Prepared statement) {
    ErrorFields refusal = flow.own.refusal(Objects.requireNonNull(statement.own()));
    if (refusal == null) {
      say(Encode.parseComplete(Unpooled.buffer(8)));
      flow.statements.prepared(statement);
    }
    return refusal;
  }

  void bind(String name, Portal portal) {
    flow.statements.bound(name, portal);
    say(Encode.bindComplete(Unpooled.buffer(8)));
  }

  void describe(char kind, Statement.Own statement) {
    ByteBuf out = Unpooled.buffer();
    if (kind == 'S') {
      Encode.parameterDescription(out, List.of());
    }
    say(flow.own.describe(out, statement));
  }

  void execute(Statement.Own statement) {
    say(flow.own.answer(Unpooled.buffer(), statement));
  }

  private void say(ByteBuf bytes) {
    answered = true;
    flow.answers.expect(new Expected.Local(bytes, -1));
  }
}
