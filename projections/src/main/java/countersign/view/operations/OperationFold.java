package countersign.view.operations;

import countersign.approval.ApprovalEvent;
import countersign.session.SessionEvent;
import countersign.view.projections.Projected;
import countersign.view.projections.Sealed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Folds one batch into rows in memory. */
final class OperationFold {
  private final Sealed sealed;
  private final Map<UUID, OperationRow> rows = new LinkedHashMap<>();
  private final List<OperationRow> fresh = new ArrayList<>();
  private final Set<OperationRow> touched = new LinkedHashSet<>();
  private final Map<UUID, OperationRow> ends = new LinkedHashMap<>();

  OperationFold(Sealed sealed, List<OperationRow> known) {
    this.sealed = sealed;
    known.forEach(row -> rows.put(row.id, row));
  }

  List<OperationRow> fresh() {
    return fresh;
  }

  /** Rows that hold an outcome and nothing else. */
  List<OperationRow> ends() {
    return List.copyOf(ends.values());
  }

  /** What changed, each row once. */
  Collection<OperationRow> touched() {
    touched.addAll(ends.values());
    return touched;
  }

  void fold(Projected at) {
    switch (at.event()) {
      case SessionEvent.OperationDecided decided -> decided(at, 0, decided);
      case SessionEvent.OperationsDecided batch -> {
        for (int i = 0; i < batch.operations().size(); i++) {
          decided(at, i, batch.operations().get(i));
        }
      }
      case SessionEvent.OperationCompleted done ->
          end(at, done, done.operation().value(), row -> row.completed(sealed, done));
      case SessionEvent.OperationsCompleted batch ->
          batch
              .operations()
              .forEach(done ->
                  end(at, done, done.operation().value(), row -> row.completed(sealed, done)));
      case SessionEvent.OutcomeUnknown unknown ->
          end(at, unknown, unknown.operation().value(), row -> row.state = "unknown");
      case SessionEvent.Closed closed -> refuseWaitingOf(at, closed.session().value());
      case SessionEvent.Interrupted interrupted ->
          refuseWaitingOf(at, interrupted.session().value());
      case ApprovalEvent.Used used ->
          change(at, used.operation().value(), row -> row.state = "running");
      case ApprovalEvent.Withdrawn withdrawn -> end(at, withdrawn, "cancelled");
      case ApprovalEvent.Denied denied -> end(at, denied, "refused");
      case ApprovalEvent.Expired expired -> end(at, expired, "refused");
      default -> {}
    }
  }

  private void decided(Projected at, int index, SessionEvent.OperationDecided event) {
    if (event.replaces() != null) {
      change(at, event.replaces().value(), row -> row.state = "refused");
    }
    if (!rows.containsKey(event.operation().value())) {
      OperationRow row = new OperationRow(sealed, at, index, event);
      rows.put(row.id, row);
      fresh.add(row);
      touched.add(row);
    }
  }

  /** The end of an operation whose row is not at hand is written without looking at the row. */
  private void end(Projected at, SessionEvent event, UUID id, Consumer<OperationRow> end) {
    if (rows.containsKey(id)) {
      change(at, id, end);
    } else {
      OperationRow ended = new OperationRow(at, event, id);
      end.accept(ended);
      ends.put(id, ended);
    }
  }

  private void end(Projected at, ApprovalEvent event, String state) {
    changeWaiting(at, row -> event.id().value().equals(row.approval), state);
  }

  private void refuseWaitingOf(Projected at, UUID session) {
    changeWaiting(at, row -> row.session.equals(session), "refused");
  }

  private void changeWaiting(Projected at, Predicate<OperationRow> which, String state) {
    for (OperationRow row : List.copyOf(rows.values())) {
      if (row.waiting() && which.test(row)) {
        change(at, row.id, changed -> changed.state = state);
      }
    }
  }

  private void change(Projected at, UUID id, Consumer<OperationRow> change) {
    OperationRow row = rows.get(id);
    // No row: its decision was erased. Seen: a batch that ran before.
    if (row != null && row.changed < at.position()) {
      row.changed = at.position();
      change.accept(row);
      touched.add(row);
    }
  }
}
