package countersign.view.operations;

import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.projections.Sealed;
import countersign.view.sessions.SessionRow;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Reads {@code view.operations}. */
public final class OperationQueries {
  private OperationQueries() {}

  /** Operations of one session in the order they were decided. */
  public static Uni<Page<OperationView>> list(
      Mutiny.Session session, Sealed sealed, UUID of, Page.Request page) {
    if (!page.sort().isEmpty() && !page.sort().equals("seq")) {
      throw new IllegalArgumentException("sort: " + page.sort() + " (expected: seq)");
    }
    Place after = Place.of(page.cursor());
    return session
        .createQuery(
            "from OperationRow o where o.session = :session and (o.position > :position"
                + " or (o.position = :position and o.batchIndex > :index))"
                + " order by o.position, o.batchIndex",
            OperationRow.class)
        .setParameter("session", of)
        .setParameter("position", after.position())
        .setParameter("index", after.index())
        .setMaxResults(page.limit() + 1)
        .getResultList()
        .flatMap(rows ->
            session.find(SessionRow.class, of).map(opened -> page(sealed, rows, opened, page)));
  }

  private static Page<OperationView> page(
      Sealed sealed, List<OperationRow> rows, @Nullable SessionRow opened, Page.Request page) {
    boolean more = rows.size() > page.limit();
    List<OperationRow> items = more ? rows.subList(0, page.limit()) : rows;
    return new Page<>(
        items.stream()
            .map(row -> row.view(sealed, opened == null ? null : opened.openedAt()))
            .toList(),
        more ? new Place(items.getLast().position, items.getLast().batchIndex).cursor() : null);
  }

  /** The last row of the page before. */
  private record Place(long position, int index) {
    static Place of(@Nullable String cursor) {
      if (cursor == null) {
        return new Place(-1, -1);
      }
      try {
        String[] parts =
            new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII)
                .split("/", -1);
        return new Place(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            "cursor: not of this list (expected: next of the page before)", e);
      }
    }

    String cursor() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((position + "/" + index).getBytes(StandardCharsets.US_ASCII));
    }
  }
}
