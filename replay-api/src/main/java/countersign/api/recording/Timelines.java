package countersign.api.recording;

import countersign.port.Recordings;
import countersign.retention.Forgetting;
import countersign.session.SessionId;
import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.Views;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Pages of timelines. A reader that served a page is kept, so that the page after it need not begin
 * at the start of the recording again; when it is gone, it does.
 */
@ApplicationScoped
public class Timelines implements Forgetting {
  private static final int MOST_KEPT = 32;

  private final Views views;
  private final Recordings recordings;
  private final Map<Place, TimelineReader> kept = new LinkedHashMap<>();

  /** Reads through these. */
  @Inject
  public Timelines(Views views, Recordings recordings) {
    this.views = views;
    this.recordings = recordings;
  }

  /** One page of a session's exchanges, in order. */
  public Page<TimelineItem> page(SessionView session, Page.Request request) {
    if (!request.sort().isEmpty()) {
      throw new IllegalArgumentException("sort: " + request.sort() + " (expected: none)");
    }
    Place from = new Place(session.id(), index(request.cursor()));
    TimelineReader reader = at(from, session);
    List<TimelineItem> items = new ArrayList<>();
    try {
      while (items.size() < request.limit()) {
        TimelineItem item = reader.next();
        if (item == null) {
          reader.close();
          return new Page<>(items, null);
        }
        if (item.index() >= from.index()) {
          items.add(item);
        }
      }
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
    keep(new Place(session.id(), reader.nextIndex()), reader);
    return new Page<>(items, cursor(reader.nextIndex()));
  }

  private TimelineReader at(Place place, SessionView session) {
    synchronized (kept) {
      TimelineReader reader = kept.remove(place);
      if (reader != null) {
        return reader;
      }
    }
    return new TimelineReader(views, recordings, session);
  }

  private void keep(Place place, TimelineReader reader) {
    synchronized (kept) {
      TimelineReader other = kept.put(place, reader);
      if (other != null) {
        other.close();
      }
      Iterator<TimelineReader> eldest = kept.values().iterator();
      while (kept.size() > MOST_KEPT) {
        eldest.next().close();
        eldest.remove();
      }
    }
  }

  @Override
  public String name() {
    return "timelines";
  }

  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    synchronized (kept) {
      kept.entrySet()
          .removeIf(entry -> {
            boolean erased = sessions.contains(SessionId.parse(entry.getKey().session()));
            if (erased) {
              entry.getValue().close();
            }
            return erased;
          });
    }
    return CompletableFuture.completedFuture(null);
  }

  @PreDestroy
  void close() {
    synchronized (kept) {
      kept.values().forEach(TimelineReader::close);
      kept.clear();
    }
  }

  private static String cursor(long index) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toString(index).getBytes(StandardCharsets.US_ASCII));
  }

  private static long index(@Nullable String cursor) {
    if (cursor == null) {
      return 0;
    }
    try {
      return Long.parseLong(
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("cursor: (expected: next of the page before)", e);
    }
  }

  private record Place(String session, long index) {}
}
