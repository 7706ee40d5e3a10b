package countersign.configuration.write;

import countersign.deciding.configuration.Configuration;
import countersign.deciding.configuration.RulebookChanges;
import countersign.duty.DutyEvent;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.feed.RulebookFold;
import countersign.port.AppendRefused;
import countersign.store.Condition;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Declares what a configuration file changes: its difference from the rulebook in force, by the
 * principal {@code config-file}, and that it was loaded, in one append under the condition that
 * nobody changed the rulebook meanwhile. Loading the same file again declares nothing but that.
 */
public final class DeclareConfiguration {
  private static final int PAGE = 1_000;
  private static final int ATTEMPTS = 5;

  private final EventLog log;

  /** Makes it over a log that somebody else opens and closes. */
  public DeclareConfiguration(EventLog log) {
    this.log = log;
  }

  /**
   * Declares a configuration.
   *
   * @return the position of {@code ConfigurationLoaded}: once the feed's rulebook has at least this
   *     version, the file is in force. Exceptionally with {@link AppendRefused}
   */
  public CompletionStage<Long> declare(Configuration wanted) {
    return declare(wanted, ATTEMPTS);
  }

  private CompletionStage<Long> declare(Configuration wanted, int attempts) {
    return current(Rulebook.EMPTY)
        .thenCompose(current -> append(current, wanted))
        .exceptionallyCompose(failure ->
            attempts > 1 && lostRace(failure)
                ? declare(wanted, attempts - 1)
                : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Rulebook> current(Rulebook known) {
    return log.read(known.version() + 1, PAGE, List.of(RulebookFold.EVENTS))
        .thenCompose(page ->
            page.isEmpty()
                ? CompletableFuture.completedFuture(known)
                : current(folded(known, page)));
  }

  private static Rulebook folded(Rulebook known, List<StoredEvent> page) {
    return RulebookFold.fold(known, page);
  }

  private CompletionStage<Long> append(Rulebook current, Configuration wanted) {
    List<Event> events = new ArrayList<>(RulebookChanges.between(current, wanted));
    events.add(
        new DutyEvent.ConfigurationLoaded(RulebookChanges.STREAM, wanted.sha256(), wanted.file()));
    List<Draft> drafts =
        events.stream().map(event -> Draft.of(event, KeyScope.of(null), Tags.of(event))).toList();
    Condition unchanged = new Condition(current.version(), List.of(RulebookFold.EVENTS));
    return log.append(new Item(drafts, unchanged, Urgency.decision))
        .thenApply(first -> first + drafts.size() - 1);
  }

  private static boolean lostRace(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof AppendRefused refused
        && refused.reason() == AppendRefused.Reason.condition;
  }
}
