package countersign.log;

import countersign.event.KeyScope;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What is known to be wrong, by who found it. A new problem is said in the log file and becomes an
 * event, once while the process runs. Thread-safe.
 */
final class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);
  private static final int MOST = 20;
  private static final int MOST_SAID = 1_000;

  /** Who finds problems. Each knows when its own are over. */
  enum Source {
    keeper,
    watch,
    witnesses
  }

  private final EventLog log;
  private final String origin;
  private final InstantSource clock;
  private final Map<Source, List<Integrity.Problem>> current = new EnumMap<>(Source.class);
  private final Set<String> said = new HashSet<>();

  Problems(EventLog log, String origin, InstantSource clock) {
    this.log = log;
    this.origin = origin;
    this.clock = clock;
  }

  /** All that is wrong now. */
  synchronized List<Integrity.Problem> all() {
    return current.values().stream().flatMap(List::stream).limit(MOST).toList();
  }

  /** Replaces what one source knows; an empty list ends its problems. */
  void set(Source source, List<Verification.Finding> findings) {
    List<Integrity.Problem> fresh = new ArrayList<>();
    synchronized (this) {
      List<Integrity.Problem> before = current.getOrDefault(source, List.of());
      List<Integrity.Problem> now = new ArrayList<>();
      for (Verification.Finding finding : findings) {
        now.add(known(before, finding));
        if (said.size() < MOST_SAID && said.add(key(source, finding))) {
          fresh.add(now.getLast());
        }
      }
      current.put(source, List.copyOf(now));
    }
    fresh.forEach(this::say);
  }

  /** Where the keeper stops moves while events come; what stops it is said once. */
  private static String key(Source source, Verification.Finding finding) {
    return switch (source) {
      case keeper, witnesses -> source + " " + finding.kind();
      case watch -> source + " " + finding.kind() + " " + finding.position();
    };
  }

  private Integrity.Problem known(List<Integrity.Problem> before, Verification.Finding finding) {
    return before.stream()
        .filter(p -> p.kind() == finding.kind() && p.position() == finding.position())
        .findFirst()
        .map(
            p -> new Integrity.Problem(finding.kind(), finding.position(), finding.words(), p.at()))
        .orElseGet(() ->
            new Integrity.Problem(
                finding.kind(), finding.position(), finding.words(), clock.instant()));
  }

  private void say(Integrity.Problem problem) {
    LOG.errorf(
        "INTEGRITY ALARM kind=%s position=%d: %s",
        problem.kind(), problem.position(), problem.words());
    var alarm =
        new LogEvent.IntegrityAlarm(
            origin, problem.kind(), problem.position(), problem.words(), problem.at());
    var _ =
        log.append(
                new Item(
                    List.of(Draft.of(alarm, new KeyScope.OfStore(), Tags.of(alarm))),
                    null,
                    Urgency.control))
            .whenComplete((_, failure) -> {
              if (failure != null) {
                LOG.errorf("alarm=not appended error=%s", failure.getMessage());
              }
            });
  }
}
