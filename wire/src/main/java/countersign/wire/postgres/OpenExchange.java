package countersign.wire.postgres;

import countersign.wire.postgres.Exchange.Column;
import countersign.wire.postgres.Exchange.Kind;
import countersign.wire.postgres.Exchange.Report;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange while it goes on: collects what is seen, up to bounds. */
final class OpenExchange {
  /** Most characters of one exchange's values that are kept. */
  static final int MOST_CHARACTERS = 1 << 20;

  /** Most bytes of one value that are kept. */
  static final int MOST_OF_VALUE = 8 << 10;

  /** Most characters of a text that are kept. */
  static final int MOST_OF_TEXT = 1 << 20;

  private static final int MOST_NOTICES = 1_000;

  private final long micros;
  private final String text;
  private final List<@Nullable String> binds;
  private final int mostRows;
  private final List<List<@Nullable String>> rows = new ArrayList<>();
  private final List<Report> notices = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private Kind kind;
  private List<BackendMessage.Column> columns = List.of();
  private boolean copyText;
  private long rowCount;
  private int characters;
  private boolean truncated;
  private @Nullable Report error;
  private String tag = "";
  private String status = "";
  private long endMicros = -1;

  OpenExchange(Kind kind, long micros, String text, List<@Nullable String> binds, int mostRows) {
    this.kind = kind;
    this.micros = micros;
    this.text = text.length() > MOST_OF_TEXT ? text.substring(0, MOST_OF_TEXT) : text;
    this.truncated = text.length() > MOST_OF_TEXT;
    this.binds = binds;
    this.mostRows = mostRows;
  }

  void columns(List<BackendMessage.Column> described) {
    columns = described;
  }

  void row(List<@Nullable ByteBuf> values) {
    rowCount++;
    if (rows.size() >= mostRows || characters >= MOST_CHARACTERS) {
      truncated = true;
      return;
    }
    List<@Nullable String> row = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      ByteBuf value = values.get(i);
      row.add(value == null ? null : value(i, value));
    }
    rows.add(row);
  }

  private String value(int column, ByteBuf value) {
    int most = Math.min(MOST_OF_VALUE, Math.max(16, MOST_CHARACTERS - characters));
    BackendMessage.Column described = column < columns.size() ? columns.get(column) : null;
    String shown =
        ValueText.of(
            described == null ? 0 : described.typeOid(),
            described == null ? 0 : described.format(),
            value,
            most);
    truncated |= value.readableBytes() > most;
    characters += shown.length();
    return shown;
  }

  /** A row or piece of data that is too big to be looked at. */
  void unseen(int begun) {
    rowCount += begun;
    truncated = true;
  }

  void copy(boolean binary) {
    kind = Kind.copy;
    copyText = !binary;
  }

  /** Data of a COPY: as text its lines are the rows. */
  void data(ByteBuf data) {
    if (!copyText) {
      rowCount++;
      truncated = true;
      return;
    }
    String piece = data.toString(StandardCharsets.UTF_8);
    int from = 0;
    for (int end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      addToLine(piece, from, end);
      endLine();
      from = end + 1;
    }
    addToLine(piece, from, piece.length());
  }

  private void addToLine(String piece, int from, int to) {
    int room = MOST_OF_VALUE - line.length();
    line.append(piece, from, Math.min(to, from + room));
    truncated |= to - from > room;
  }

  private void endLine() {
    rowCount++;
    if (rows.size() < mostRows && characters < MOST_CHARACTERS) {
      rows.add(List.of(line.toString()));
      characters += line.length();
    } else {
      truncated = true;
    }
    line.setLength(0);
  }

  boolean isCopy() {
    return kind == Kind.copy;
  }

  void notice(Report notice) {
    if (notices.size() < MOST_NOTICES) {
      notices.add(notice);
    } else {
      truncated = true;
    }
  }

  void failed(Report report) {
    error = report;
  }

  void completed(String commandTag) {
    tag = commandTag;
    if (kind == Kind.copy && commandTag.startsWith("COPY ")) {
      rowCount = rowsOf(commandTag, rowCount);
    }
  }

  private static long rowsOf(String commandTag, long otherwise) {
    try {
      return Long.parseLong(commandTag, 5, commandTag.length(), 10);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  void ended(long now) {
    if (kind == Kind.copy && !line.isEmpty()) {
      endLine();
    }
    endMicros = now;
  }

  void status(char transactionStatus) {
    status = String.valueOf(transactionStatus);
  }

  /** Roughly how much is kept, in characters. */
  int weight() {
    return characters + text.length() + 100 * rows.size() + 200;
  }

  Exchange close(long index) {
    List<Column> shown =
        columns.stream()
            .map(column ->
                new Column(
                    column.name(),
                    column.typeOid(),
                    TypeNames.of(column.typeOid()),
                    column.format() == 0 ? "text" : "binary"))
            .toList();
    return new Exchange(
        index, micros, endMicros, kind, text, binds, shown, rows, rowCount, truncated, notices,
        error, tag, status);
  }
}
