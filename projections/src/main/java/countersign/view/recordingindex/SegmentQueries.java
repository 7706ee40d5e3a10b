package countersign.view.recordingindex;

import countersign.view.SegmentView;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Reads {@code view.segments}. */
public final class SegmentQueries {
  private static final int MOST = 1_000;

  private SegmentQueries() {}

  /** The pieces of one recording from a number on, at most 1,000, in order. */
  public static Uni<List<SegmentView>> from(Mutiny.Session session, UUID recording, long number) {
    return session
        .createQuery(
            "from SegmentRow s where s.session = :session and s.number >= :number"
                + " order by s.number",
            SegmentRow.class)
        .setParameter("session", recording)
        .setParameter("number", number)
        .setMaxResults(MOST)
        .getResultList()
        .map(rows -> rows.stream().map(SegmentRow::view).toList());
  }

  /** The newest piece of each of these sessions; absent where there is none. */
  public static Uni<Map<UUID, SegmentView>> newest(Mutiny.Session session, List<UUID> sessions) {
    if (sessions.isEmpty()) {
      return Uni.createFrom().item(Map.of());
    }
    return session
        .createQuery(
            "from SegmentRow s where s.session in :sessions and s.number ="
                + " (select max(t.number) from SegmentRow t where t.session = s.session)",
            SegmentRow.class)
        .setParameter("sessions", sessions)
        .getResultList()
        .map(rows -> {
          Map<UUID, SegmentView> newest = new HashMap<>();
          rows.forEach(row -> newest.put(row.session, row.view()));
          return newest;
        });
  }
}
