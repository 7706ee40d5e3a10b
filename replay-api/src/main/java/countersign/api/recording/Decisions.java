package countersign.api.recording;

import countersign.api.access.Stages;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.Views;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was decided in a session, in order, a page at a time. Confined to one thread. */
final class Decisions {
  private static final int PAGE = 256;

  /** Comments of one packet: what comes beyond them is counted. */
  private static final int MOST = 50;

  private final Views views;
  private final String session;
  private final Deque<OperationView> ahead = new ArrayDeque<>();
  private @Nullable String cursor;
  private boolean ended;

  Decisions(Views views, String session) {
    this.views = views;
    this.session = session;
  }

  /** A line for each operation that was decided by then and was not told yet. */
  List<String> until(long micros) {
    List<String> lines = new ArrayList<>();
    long more = 0;
    for (OperationView next = peek(); next != null && next.micros() <= micros; next = peek()) {
      ahead.remove();
      if (lines.size() < MOST) {
        lines.add(
            "event %d: operation %s %s%s"
                .formatted(
                    next.position(),
                    next.id(),
                    next.decision(),
                    next.rule().isEmpty() ? "" : " by " + next.rule()));
      } else {
        more++;
      }
    }
    if (more > 0) {
      lines.add("and " + more + " more operations");
    }
    return lines;
  }

  private @Nullable OperationView peek() {
    while (ahead.isEmpty() && !ended) {
      Page<OperationView> page =
          Stages.await(views.operations(session, new Page.Request(PAGE, cursor, "")));
      // What the edge asked by itself is not in the recording.
      page.items().stream().filter(operation -> !operation.byEdge()).forEach(ahead::add);
      cursor = page.next();
      ended = cursor == null;
    }
    return ahead.peek();
  }
}
