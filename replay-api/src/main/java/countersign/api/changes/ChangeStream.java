package countersign.api.changes;

import countersign.api.access.Visibility;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Principal;
import countersign.port.Feed;
import countersign.view.Views;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Changes as server-sent events. Bounded: so many clients, so many events waiting for each; a
 * client that reads too slowly is let go and, as every {@code EventSource} does, comes back and
 * looks again. Ends when the proof of identity ends.
 */
@ApplicationScoped
public class ChangeStream {
  private static final int MOST_CLIENTS = 1_000;
  private static final int MOST_OF_ONE = 40;
  private static final int MOST_WAITING = 512;
  private static final int MOST_REMEMBERED = 1_000;
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final Views views;
  private final Visibility visibility;
  private final Map<String, Integer> clients = new HashMap<>();

  /** Listens to these. */
  @Inject
  public ChangeStream(Views views, Visibility visibility) {
    this.views = views;
    this.visibility = visibility;
  }

  /** The changes that a principal may know of and that are wanted. */
  public Multi<OutboundSseEvent> open(
      Sse sse, Principal principal, Predicate<Views.Changed> wanted) {
    String who = principal.path();
    enter(who);
    Seen seen = new Seen(principal);
    Multi<OutboundSseEvent> changes =
        listen(wanted)
            .onItem()
            .transformToUniAndConcatenate(change ->
                Uni.createFrom()
                    .completionStage(() -> seen.sees(change))
                    .map(sees -> sees ? event(sse, change) : null))
            .filter(event -> event != null);
    Multi<OutboundSseEvent> heartbeats =
        Multi.createFrom()
            .ticks()
            .every(HEARTBEAT)
            .onOverflow()
            .drop()
            .map(_ -> sse.newEventBuilder().comment("").build());
    // The first words open the stream at once, also through proxies.
    Multi<OutboundSseEvent> hello =
        Multi.createFrom().item(sse.newEventBuilder().comment("countersign").build());
    Multi<OutboundSseEvent> events =
        Multi.createBy()
            .merging()
            .streams(hello, changes, heartbeats)
            .select()
            .first(_ -> Instant.now().isBefore(principal.expires()));
    return events.onTermination().invoke(() -> leave(who));
  }

  private void enter(String who) {
    synchronized (clients) {
      int own = clients.getOrDefault(who, 0);
      int all = clients.values().stream().mapToInt(Integer::intValue).sum();
      if (own >= MOST_OF_ONE || all >= MOST_CLIENTS) {
        throw new ProblemException(
            Problem.Kind.unavailable,
            "streams: " + own + " of yours and " + all + " in all are open (expected: fewer)");
      }
      clients.put(who, own + 1);
    }
  }

  private void leave(String who) {
    synchronized (clients) {
      clients.computeIfPresent(who, (_, own) -> own > 1 ? own - 1 : null);
    }
  }

  private Multi<Views.Changed> listen(Predicate<Views.Changed> wanted) {
    return Multi.createFrom()
        .<Views.Changed>emitter(
            emitter -> {
              Feed.Subscription subscription =
                  views.onChange(change -> {
                    if (wanted.test(change)) {
                      emitter.emit(change);
                    }
                  });
              emitter.onTermination(subscription::close);
            },
            BackPressureStrategy.IGNORE)
        .onOverflow()
        .buffer(MOST_WAITING);
  }

  private static OutboundSseEvent event(Sse sse, Views.Changed change) {
    return sse.newEventBuilder()
        .name("change")
        .mediaType(jakarta.ws.rs.core.MediaType.APPLICATION_JSON_TYPE)
        .data(Views.Changed.class, change)
        .build();
  }

  /** Which sessions one client may know of; remembers what it may, asks again for what not. */
  private final class Seen {
    private final Principal principal;
    private final Map<String, Boolean> sessions =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
          }
        };

    Seen(Principal principal) {
      this.principal = principal;
    }

    CompletionStage<Boolean> sees(Views.Changed change) {
      if (visibility.seesEverything(principal)) {
        return CompletableFuture.completedFuture(true);
      }
      synchronized (sessions) {
        if (sessions.containsKey(change.session())) {
          return CompletableFuture.completedFuture(true);
        }
      }
      return views
          .session(change.session())
          .thenCompose(session ->
              session.isPresent() ? visibility.sees(principal, session.get()) : approvalOf(change))
          .thenApply(sees -> {
            if (sees) {
              synchronized (sessions) {
                sessions.put(change.session(), true);
              }
            }
            return sees;
          })
          .exceptionally(_ -> false);
    }

    /** The approval may be known before its session is. */
    private CompletionStage<Boolean> approvalOf(Views.Changed change) {
      return change.view().equals("approvals")
          ? views
              .approval(change.id())
              .thenApply(found -> found.map(a -> visibility.involved(principal, a)).orElse(false))
          : CompletableFuture.completedFuture(false);
    }
  }
}
