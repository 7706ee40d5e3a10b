package countersign.api.recording;

import countersign.wire.postgres.Exchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of a recording.
 *
 * @param operation the operation it belongs to, null when there is none (what the edge answered by
 *     itself, or what nobody asked)
 * @see Exchange
 */
public record TimelineItem(
    long index,
    @Nullable String operation,
    long micros,
    long endMicros,
    Exchange.Kind kind,
    String text,
    List<@Nullable String> binds,
    List<Exchange.Column> columns,
    List<List<@Nullable String>> rows,
    long rowCount,
    boolean truncated,
    List<Exchange.Report> notices,
    Exchange.@Nullable Report error,
    String tag) {

  static TimelineItem of(Exchange exchange, @Nullable String operation) {
    return new TimelineItem(
        exchange.index(),
        operation,
        exchange.micros(),
        exchange.endMicros(),
        exchange.kind(),
        exchange.text(),
        exchange.binds(),
        exchange.columns(),
        exchange.rows(),
        exchange.rowCount(),
        exchange.truncated(),
        exchange.notices(),
        exchange.error(),
        exchange.tag());
  }
}
