package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.TargetLogin;
import countersign.edge.gate.Gate;
import countersign.edge.record.Journal;
import countersign.session.SessionEvent.OutcomeUnknown;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the edge's own, with the target's credential, on which simple queries follow each
 * other. Each is durably on record, as an operation of {@code countersign}, before it is sent: they
 * change the target. All of it together is bounded in time. Confined to the event loop.
 */
final class Errand extends WholeFrames {
  private static final int MOST_BYTES = 16 << 20;
  private static final String GONE = "08006";

  private final EventLoop loop;
  private final Gate gate;
  private final Journal journal;

  private final ScheduledFuture<?> deadline;
  private @Nullable LoggedIn in;
  private @Nullable Asking asking;
  private int answerBytes;
  private boolean over;

  /** What is asked now. */
  private static final class Asking {
    private final Run run;
    private final Consumer<Answer> then;
    private final List<List<String>> rows = new ArrayList<>();
    private @Nullable ErrorFields error;
    private boolean sent;

    private Asking(Run run, Consumer<Answer> then) {
      this.run = run;
      this.then = then;
    }
  }

  /**
   * How a query went.
   *
   * @param rows rows of all its statements in order, in text; NULL is empty
   * @param error what the target said was wrong; null when it went well
   */
  record Answer(List<List<String>> rows, @Nullable ErrorFields error) {
    /** Rows whose first value is that word. */
    List<List<String>> rows(String kind) {
      return rows.stream().filter(row -> row.getFirst().equals(kind)).toList();
    }

    /** Second values of the rows whose first is that word. */
    List<String> values(String kind) {
      return rows(kind).stream().map(row -> row.get(1)).toList();
    }
  }

  /** Hears how it began; exactly one call. */
  interface Outcome {
    /** Logged in. */
    void ready(Errand errand);

    /** Not logged in; {@code why} holds no secret. */
    void failed(String why);
  }

  private Errand(EventLoop loop, Gate gate, Journal journal, long millis, Outcome outcome) {
    super(new Limits(MOST_BYTES, MOST_BYTES, false));
    this.loop = loop;
    this.gate = gate;
    this.journal = journal;
    this.deadline = loop.schedule(() -> late(outcome), millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Dials a target and logs in.
   *
   * @param gate whose session it is done for, and in whose journal it is written down
   * @param path its search path; null for the one that the credential has
   * @param millis how long all of it may take
   */
  static void begin(
      TargetLogin login,
      EventLoop loop,
      Target target,
      Gate gate,
      Journal journal,
      @Nullable String path,
      long millis,
      Outcome outcome) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("database", gate.caller().database());
    settings.put("client_encoding", "UTF8");
    settings.put("application_name", "countersign");
    settings.put("standard_conforming_strings", "on");
    settings.put(AccessMode.SETTING, "off");
    settings.put("statement_timeout", "5000");
    settings.put("lock_timeout", "3000");
    settings.put("idle_in_transaction_session_timeout", "10000");
    if (path != null) {
      settings.put("search_path", path);
    }
    Errand errand = new Errand(loop, gate, journal, millis, outcome);
    login.login(
        loop,
        target,
        settings,
        new TargetLogin.Outcome() {
          @Override
          public void ready(LoggedIn in) {
            in.reader().close(); // nothing was read after the login
            if (errand.over) {
              var unused = in.channel().close();
              return;
            }
            errand.in = in;
            in.channel().pipeline().addLast(errand);
            in.channel().config().setAutoRead(true);
            outcome.ready(errand);
          }

          @Override
          public void failed(String why) {
            if (!errand.over) {
              errand.over = true;
              errand.deadline.cancel(false);
              outcome.failed(why);
            }
          }
        });
  }

  private void late(Outcome outcome) {
    if (in == null) {
      over = true;
      outcome.failed("no answer in time");
    } else {
      end("no answer in time");
    }
  }

  /** Major version of the target. */
  int serverMajor() {
    return in == null ? 0 : Reads.major(in.settings().getOrDefault("server_version", ""));
  }

  void ask(String text, Consumer<Answer> then) {
    ask(text, text, then);
  }

  /**
   * Asks; one question at a time.
   *
   * @param said the text as it goes on record: without what verifies a password
   * @param then called once, on the loop, never at once
   */
  void ask(String text, String said, Consumer<Answer> then) {
    if (over) {
      loop.execute(() -> then.accept(gone("the connection was closed")));
      return;
    }
    Asking asked = new Asking(new Run(gate.own(said), -1), then);
    asking = asked;
    answerBytes = 0;
    journal.whenDurable(
        journal.flush(),
        () -> {
          if (asking == asked && in != null) {
            asked.sent = true;
            send(Encode.query(in.channel().alloc().buffer(text.length() + 8), text));
          }
        });
  }

  private static Answer gone(String why) {
    return new Answer(List.of(), ErrorFields.of("ERROR", GONE, why));
  }

  @Override
  boolean over() {
    return over;
  }

  @Override
  void take(ChannelHandlerContext context, BackendMessage message, int bytes) {
    Asking asked = asking;
    answerBytes += bytes;
    if (answerBytes > MOST_BYTES) {
      end("an answer too large");
      return;
    }
    if (asked == null) {
      return;
    }
    switch (message) {
      case BackendMessage.DataRow row -> asked.rows.add(texts(row));
      case BackendMessage.ErrorResponse(ErrorFields fields) -> asked.error = fields;
      case BackendMessage.ReadyForQuery _ -> answered(asked);
      case BackendMessage _ -> {}
    }
  }

  private static List<String> texts(BackendMessage.DataRow row) {
    List<String> texts = new ArrayList<>(row.values().size());
    for (ByteBuf value : row.values()) {
      texts.add(value == null ? "" : value.toString(StandardCharsets.UTF_8));
    }
    return texts;
  }

  private void answered(Asking asked) {
    asking = null;
    ErrorFields error = asked.error;
    if (error != null) {
      asked.run.failed(error.code());
    }
    journal.later(asked.run.completed(journal.session()));
    asked.then.accept(new Answer(asked.rows, error));
  }

  @Override
  void broken(ChannelHandlerContext context, String why) {
    end(why);
  }

  /** Ends it; what was open at the target is rolled back. Idempotent. */
  void close() {
    end("done");
  }

  private void end(String why) {
    if (over) {
      return;
    }
    over = true;
    deadline.cancel(false);
    stopReading();
    LoggedIn there = in;
    if (there != null) {
      send(Encode.terminate(there.channel().alloc().buffer(5)));
      var unused = there.channel().close();
    }
    Asking asked = asking;
    asking = null;
    if (asked != null) {
      journal.later(
          asked.sent
              ? new OutcomeUnknown(journal.session(), asked.run.id(), why)
              : asked.run.skipped(journal.session(), GONE));
      asked.then.accept(gone(why));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is heard
  private void send(ByteBuf bytes) {
    if (in == null) {
      bytes.release();
    } else {
      in.channel().writeAndFlush(bytes);
    }
  }
}
