package countersign.api.recording;

import countersign.api.access.Stages;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.Views;
import countersign.wire.postgres.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operation of each exchange. Both come in the order of the session: an exchange belongs
 * to the next operation with its text. Operations that the edge sent by itself, and those an
 * approver put in place of others, have no exchange of their own. Confined to one thread.
 */
final class OperationMatcher {
  private static final int LOOK_AHEAD = 256;

  private final Views views;
  private final String session;
  private final List<OperationView> ahead = new ArrayList<>();
  private @Nullable String cursor;
  private boolean ended;
  private @Nullable String last;

  OperationMatcher(Views views, String session) {
    this.views = views;
    this.session = session;
  }

  @Nullable String operationOf(Exchange exchange) {
    return switch (exchange.kind()) {
      case unasked -> null;
      // A further result of the same simple query.
      case simple, copy, extended, function ->
          exchange.text().isEmpty() ? last : (last = next(exchange.text()));
    };
  }

  private @Nullable String next(String text) {
    fill();
    for (int i = 0; i < ahead.size(); i++) {
      if (ahead.get(i).text().equals(text)) {
        String id = ahead.get(i).id();
        ahead.subList(0, i + 1).clear();
        return id;
      }
    }
    return null;
  }

  private void fill() {
    while (!ended && ahead.size() < LOOK_AHEAD) {
      Page<OperationView> page =
          Stages.await(views.operations(session, new Page.Request(LOOK_AHEAD, cursor, "")));
      page.items().stream()
          .filter(operation -> !operation.byEdge() && operation.replaces() == null)
          .forEach(ahead::add);
      cursor = page.next();
      ended = cursor == null;
    }
  }
}
