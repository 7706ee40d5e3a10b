package countersign.wire.postgres;

import countersign.wire.postgres.Exchange.Kind;
import countersign.wire.postgres.Exchange.Report;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matches what is answered with what was asked. Bounded; messages in, exchanges out. */
final class Conversation {
  private static final int MOST_ASKED = 100_000;
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_WEIGHT = 8 << 20;

  private final int mostRows;
  private final Deque<Asked> asked = new ArrayDeque<>();
  private final Prepared prepared = new Prepared();

  /** Complete but for the transaction status that ReadyForQuery brings. */
  private final List<OpenExchange> waiting = new ArrayList<>();

  private final List<Exchange> complete = new ArrayList<>();
  private final List<Report> early = new ArrayList<>();
  private @Nullable OpenExchange current;
  private long next;
  private boolean answered;
  private boolean skipping;
  private boolean copyingIn;
  private boolean lost;
  private boolean started;
  private int weight;
  private String problem = "";

  Conversation(int mostRows) {
    this.mostRows = mostRows;
  }

  String problem() {
    return problem;
  }

  // What the client says.

  void said(long micros, FrontendMessage message) {
    switch (message) {
      case FrontendMessage.Query query -> ask(new Asked.Simple(micros, query.text()));
      case FrontendMessage.Parse parse ->
          ask(new Asked.Parsing(micros, parse.name(), parse.text(), parse.parameterTypes()));
      case FrontendMessage.Bind bind -> ask(binding(micros, bind));
      case FrontendMessage.Describe describe ->
          ask(new Asked.Describing(micros, describe.kind(), describe.name()));
      case FrontendMessage.Execute execute -> ask(new Asked.Executing(micros, execute.portal()));
      case FrontendMessage.Close close ->
          ask(new Asked.Closing(micros, close.kind(), close.name()));
      case FrontendMessage.Sync _ -> {
        skipping = false;
        if (!copyingIn) { // the server ignores it during a COPY from the client
          ask(new Asked.Syncing(micros));
        }
      }
      case FrontendMessage.FunctionCall call -> ask(new Asked.Calling(micros, call.function()));
      case FrontendMessage.CopyData data -> copyData(data.data());
      case FrontendMessage.CopyDone _, FrontendMessage.CopyFail _ -> copyingIn = false;
      case FrontendMessage.Flush _,
          FrontendMessage.Terminate _,
          FrontendMessage.Password _,
          FrontendMessage.Startup _,
          FrontendMessage.SslRequest _,
          FrontendMessage.GssEncRequest _,
          FrontendMessage.CancelRequest _,
          FrontendMessage.Opaque _ -> {}
    }
  }

  private void ask(Asked what) {
    if (skipping) {
      return; // after an error the server skips everything up to Sync
    }
    if (asked.size() == MOST_ASKED) {
      lose("more than " + MOST_ASKED + " messages wait for an answer");
      return;
    }
    asked.add(what);
  }

  private static Asked.Binding binding(long micros, FrontendMessage.Bind bind) {
    List<byte @Nullable []> values = new ArrayList<>();
    int room = OpenExchange.MOST_CHARACTERS;
    for (ByteBuf value : bind.values()) {
      if (value == null) {
        values.add(null);
      } else {
        int most = Math.min(room, OpenExchange.MOST_OF_VALUE + 1);
        int length = Math.min(value.readableBytes(), most);
        values.add(ByteBufUtil.getBytes(value, value.readerIndex(), length));
        room -= length;
      }
    }
    return new Asked.Binding(
        micros, bind.portal(), bind.statement(), bind.formats(), values, bind.resultFormats());
  }

  private void copyData(ByteBuf data) {
    if (current != null && current.isCopy()) {
      current.data(data);
    }
  }

  /** Part of a message that is too big to be looked at. */
  void passed(Piece.Chunk chunk, long micros, boolean fromClient) {
    if (!fromClient && chunk.type() == 'E' && chunk.begun() > 0) {
      heard(
          micros,
          new BackendMessage.ErrorResponse(
              ErrorFields.of("ERROR", "", "an error longer than can be shown")));
      return;
    }
    OpenExchange open = !fromClient && chunk.type() == 'D' ? exchange() : current;
    if (open != null && (chunk.type() == 'D' || chunk.type() == 'd')) {
      open.unseen(chunk.begun());
    }
  }

  // What the server says.

  void heard(long micros, BackendMessage message) {
    if (lost && !(message instanceof BackendMessage.ReadyForQuery)) {
      return;
    }
    switch (message) {
      case BackendMessage.ParseComplete _ -> parseComplete();
      case BackendMessage.BindComplete _ -> bindComplete();
      case BackendMessage.CloseComplete _ -> closeComplete();
      case BackendMessage.ParameterDescription types -> parameters(types);
      case BackendMessage.RowDescription rows -> columns(rows.columns());
      case BackendMessage.NoData _ -> columns(List.of());
      case BackendMessage.DataRow row -> {
        OpenExchange exchange = exchange();
        if (exchange != null) {
          exchange.row(row.values());
        }
      }
      case BackendMessage.CopyResponse copy -> {
        OpenExchange exchange = exchange();
        if (exchange != null) {
          exchange.copy(copy.binary());
          copyingIn(copy.direction() != BackendMessage.CopyDirection.out);
        }
      }
      case BackendMessage.CopyData data -> copyData(data.data());
      case BackendMessage.CommandComplete done -> result(micros, done.tag());
      case BackendMessage.EmptyQueryResponse _ -> result(micros, "");
      case BackendMessage.PortalSuspended _ -> result(micros, "");
      case BackendMessage.ErrorResponse error -> error(micros, report(micros, error.fields()));
      case BackendMessage.NoticeResponse notice -> notice(micros, report(micros, notice.fields()));
      case BackendMessage.NotificationResponse n ->
          notice(
              micros, new Report("NOTIFY", "", n.channel() + ": " + n.payload(), "", "", micros));
      case BackendMessage.ReadyForQuery ready -> ready(micros, ready.status());
      case BackendMessage.Opaque opaque -> {
        if (opaque.type() == 'V' && exchange() != null) {
          result(micros, "");
        }
      }
      case BackendMessage.Authentication _,
          BackendMessage.ParameterStatus _,
          BackendMessage.BackendKeyData _,
          BackendMessage.NegotiateProtocolVersion _,
          BackendMessage.CopyDone _ -> {}
    }
  }

  /** A Sync that came with the Execute of a COPY from the client has no answer. */
  private void copyingIn(boolean in) {
    copyingIn = in;
    if (in) {
      asked.removeIf(Asked.Syncing.class::isInstance);
    }
  }

  private void parseComplete() {
    if (asked.peekFirst() instanceof Asked.Parsing parsing) {
      prepared.parsed(parsing);
      asked.removeFirst();
    } else {
      lose("ParseComplete without Parse");
    }
  }

  private void bindComplete() {
    if (asked.peekFirst() instanceof Asked.Binding binding) {
      prepared.bound(binding);
      asked.removeFirst();
    } else {
      lose("BindComplete without Bind");
    }
  }

  private void closeComplete() {
    if (asked.peekFirst() instanceof Asked.Closing closing) {
      prepared.forget(closing.kind(), closing.name());
      asked.removeFirst();
    } else {
      lose("CloseComplete without Close");
    }
  }

  private void parameters(BackendMessage.ParameterDescription description) {
    if (asked.peekFirst() instanceof Asked.Describing describing) {
      prepared.parameters(describing, description.types());
    } else {
      lose("ParameterDescription without Describe");
    }
  }

  private void columns(List<BackendMessage.Column> columns) {
    if (asked.peekFirst() instanceof Asked.Describing describing) {
      prepared.columns(describing, columns);
      asked.removeFirst();
      return;
    }
    OpenExchange exchange = exchange();
    if (exchange != null) {
      exchange.columns(columns);
    }
  }

  /** The exchange that answers now belong to; opened by the first of them. */
  private @Nullable OpenExchange exchange() {
    OpenExchange open = current;
    if (open != null) {
      return open;
    }
    Asked first = asked.peekFirst();
    open =
        switch (first) {
          case Asked.Simple simple ->
              opened(Kind.simple, simple.micros(), answered ? "" : simple.text(), List.of());
          case Asked.Executing executing -> execution(executing);
          case Asked.Calling calling ->
              opened(
                  Kind.function,
                  calling.micros(),
                  "function " + Integer.toUnsignedString(calling.function()),
                  List.of());
          case Asked.Parsing _,
              Asked.Binding _,
              Asked.Describing _,
              Asked.Closing _,
              Asked.Syncing _ ->
              null;
          case null -> null;
        };
    if (open == null) {
      lose("an answer that nobody asked for");
    }
    current = open;
    return open;
  }

  private OpenExchange execution(Asked.Executing executing) {
    Prepared.Portal portal = prepared.portal(executing.portal());
    if (portal == null) {
      return opened(Kind.extended, executing.micros(), "", List.of());
    }
    OpenExchange open = opened(Kind.extended, executing.micros(), portal.text, portal.binds);
    open.columns(portal.columns);
    return open;
  }

  private OpenExchange opened(Kind kind, long micros, String text, List<@Nullable String> binds) {
    OpenExchange open = new OpenExchange(kind, micros, text, binds, mostRows);
    early.forEach(open::notice);
    early.clear();
    answered = true;
    return open;
  }

  private void result(long micros, String tag) {
    OpenExchange exchange = exchange();
    if (exchange == null) {
      return;
    }
    exchange.completed(tag);
    end(micros, exchange);
    if (asked.peekFirst() instanceof Asked.Executing) {
      asked.removeFirst();
      answered = false;
    }
  }

  private void end(long micros, OpenExchange exchange) {
    exchange.ended(micros);
    waiting.add(exchange);
    weight += exchange.weight();
    current = null;
    copyingIn = false;
    if (waiting.size() > MOST_WAITING || weight > MOST_WEIGHT) {
      release();
    }
  }

  private void error(long micros, Report report) {
    Asked first = asked.peekFirst();
    OpenExchange exchange = current != null ? current : failing(micros, first);
    current = exchange;
    exchange.failed(report);
    end(micros, exchange);
    if (first != null && !first.endsWithReady()) {
      skipToSync();
    } else if (first == null) {
      release(); // nobody asked: a FATAL, after which nothing comes
    }
  }

  /** The exchange for an error that came before any other answer. */
  private OpenExchange failing(long micros, @Nullable Asked first) {
    return switch (first) {
      case Asked.Simple simple ->
          opened(Kind.simple, simple.micros(), answered ? "" : simple.text(), List.of());
      case Asked.Executing executing -> execution(executing);
      case Asked.Calling calling -> opened(Kind.function, calling.micros(), "", List.of());
      case Asked.Parsing parsing ->
          opened(Kind.extended, parsing.micros(), parsing.text(), List.of());
      case Asked.Binding binding -> {
        prepared.bound(binding); // for its text and values
        Prepared.Portal portal = prepared.portal(binding.portal());
        yield opened(
            Kind.extended,
            binding.micros(),
            portal == null ? "" : portal.text,
            portal == null ? List.of() : portal.binds);
      }
      case Asked.Describing describing -> opened(Kind.extended, describing.micros(), "", List.of());
      case Asked.Closing closing -> opened(Kind.extended, closing.micros(), "", List.of());
      case Asked.Syncing syncing -> opened(Kind.extended, syncing.micros(), "", List.of());
      case null -> opened(Kind.unasked, micros, "", List.of());
    };
  }

  private void skipToSync() {
    while (asked.peekFirst() != null && !(asked.peekFirst() instanceof Asked.Syncing)) {
      asked.removeFirst();
    }
    skipping = asked.isEmpty();
    answered = false;
  }

  private void notice(long micros, Report report) {
    if (current != null) {
      current.notice(report);
    } else if (!asked.isEmpty()) {
      if (early.size() < 1_000) {
        early.add(report);
      }
    } else if (started) {
      OpenExchange alone = opened(Kind.unasked, micros, "", List.of());
      alone.notice(report);
      end(micros, alone);
      release();
    }
  }

  private void ready(long micros, char status) {
    if (!started) {
      started = true;
      return;
    }
    if (lost) {
      while (!asked.isEmpty() && !asked.removeFirst().endsWithReady()) {}
      lost = false;
    } else if (asked.peekFirst() == null || !asked.peekFirst().endsWithReady()) {
      lose("ReadyForQuery that nobody asked for");
      lost = false;
    } else {
      if (!answered && asked.peekFirst() instanceof Asked.Simple) {
        exchange();
      }
      asked.removeFirst();
    }
    if (current != null) {
      end(micros, current);
    }
    if (!early.isEmpty()) {
      OpenExchange alone = opened(Kind.unasked, micros, "", List.of());
      end(micros, alone);
    }
    answered = false;
    waiting.forEach(exchange -> exchange.status(status));
    release();
  }

  /** The stream and what we think of it have parted: wait for the next ReadyForQuery. */
  private void lose(String why) {
    problem = problem.isEmpty() ? why : problem;
    lost = true;
    current = null;
  }

  /** Bytes are missing: nothing that was asked before is known to be answered. */
  void gap() {
    finish();
    asked.clear();
    lost = false;
    skipping = false;
    started = true;
  }

  /** Ends everything that is open. */
  void finish() {
    if (current != null) {
      waiting.add(current);
      current = null;
    }
    for (Asked open : asked) {
      if (open instanceof Asked.Simple simple && !answered) {
        waiting.add(opened(Kind.simple, simple.micros(), simple.text(), List.of()));
      } else if (open instanceof Asked.Executing executing) {
        waiting.add(execution(executing));
      }
      answered = false;
    }
    release();
  }

  private void release() {
    waiting.forEach(exchange -> complete.add(exchange.close(next++)));
    waiting.clear();
    weight = 0;
  }

  List<Exchange> take() {
    List<Exchange> taken = List.copyOf(complete);
    complete.clear();
    return taken;
  }

  private static Report report(long micros, ErrorFields fields) {
    return new Report(
        fields.severity(), fields.code(), fields.message(), fields.detail(), fields.hint(), micros);
  }
}
