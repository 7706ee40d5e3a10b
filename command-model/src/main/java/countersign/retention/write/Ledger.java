package countersign.retention.write;

import countersign.command.Failures;
import countersign.command.Workers;
import countersign.event.KeyScope;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionLedger;
import countersign.store.Condition;
import countersign.store.Criterion;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Retention as the log has it. Thread-safe; what blocks says so and belongs on a virtual thread.
 * Its memory grows with holds and erasures, not with sessions.
 */
public final class Ledger implements RetentionLedger {
  static final Criterion STREAM = Criterion.tag("retention", RetentionEvent.STREAM);
  private static final int PAGE = 1_000;

  private final EventLog log;
  private final RetentionState state = new RetentionState();

  /** Reads a log that somebody else opens and closes. */
  public Ledger(EventLog log) {
    this.log = log;
  }

  /** Answers from everything that is durable now. Blocks. */
  synchronized <T> T ask(Function<RetentionState, T> question)
      throws InterruptedException, ExecutionException {
    while (true) {
      List<StoredEvent> page =
          Workers.await(log.read(state.seen() + 1, PAGE, List.of(STREAM)).toCompletableFuture());
      if (page.isEmpty()) {
        return question.apply(state);
      }
      page.forEach(state::fold);
    }
  }

  /**
   * Appends under the condition that nothing of the stream was appended since. Blocks.
   *
   * @throws ExecutionException with {@link countersign.port.AppendRefused} {@code condition} when
   *     somebody else was first
   */
  void append(RetentionEvent event, long seen) throws InterruptedException, ExecutionException {
    Condition unchanged = new Condition(seen, List.of(STREAM));
    Item item =
        new Item(
            List.of(Draft.of(event, new KeyScope.OfStore(), tags(event))),
            unchanged,
            Urgency.decision);
    Workers.await(log.append(item).toCompletableFuture());
  }

  /** Whoever looks for the erasure of a session finds it by its tag. */
  private static Set<String> tags(RetentionEvent event) {
    Set<String> tags = new HashSet<>(Tags.of(event));
    if (event instanceof RetentionEvent.ErasureRequested requested) {
      requested.sessions().forEach(one -> tags.add("erased=" + one.session()));
    }
    return tags;
  }

  @Override
  public CompletionStage<List<Hold>> holds() {
    return answer(state -> List.copyOf(state.holds()));
  }

  @Override
  public CompletionStage<List<Erasure>> erasures() {
    return answer(state -> List.copyOf(state.erasures()));
  }

  private <T> CompletionStage<T> answer(Function<RetentionState, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("retention-ledger")
        .start(() -> {
          try {
            answer.complete(ask(question));
          } catch (InterruptedException | ExecutionException | RuntimeException e) {
            answer.completeExceptionally(Failures.refusal(e));
          }
        });
    return answer;
  }
}
