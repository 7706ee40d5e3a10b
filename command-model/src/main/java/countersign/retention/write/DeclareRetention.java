package countersign.retention.write;

import countersign.command.Failures;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionRules;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Declares the rules of retention that a configuration file has, when they differ. */
public final class DeclareRetention {
  private final Ledger ledger;

  /** Declares to a ledger's log. */
  public DeclareRetention(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Declares rules.
   *
   * @param by who declares; {@code config-file} for the file at start
   * @return completes when they are in force; exceptionally with {@link
   *     countersign.port.AppendRefused}
   */
  public CompletionStage<Void> declare(RetentionRules rules, String by) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("declare-retention")
        .start(() -> {
          try {
            declareNow(rules, by);
            done.complete(null);
          } catch (InterruptedException | ExecutionException | RuntimeException e) {
            done.completeExceptionally(Failures.refusal(e));
          }
        });
    return done;
  }

  private void declareNow(RetentionRules rules, String by)
      throws InterruptedException, ExecutionException {
    while (true) {
      record Known(RetentionRules rules, long seen) {}
      Known known = ledger.ask(state -> new Known(state.rules(), state.seen()));
      if (known.rules().equals(rules)) {
        return;
      }
      try {
        ledger.append(new RetentionEvent.Declared(RetentionEvent.STREAM, rules, by), known.seen());
        return;
      } catch (ExecutionException e) {
        if (!RetentionHandler.lostRace(e)) {
          throw e;
        }
      }
    }
  }
}
