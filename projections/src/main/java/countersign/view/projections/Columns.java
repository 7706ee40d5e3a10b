package countersign.view.projections;

import io.smallrye.mutiny.Uni;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.hibernate.reactive.mutiny.impl.MutinySessionImpl;
import org.jspecify.annotations.Nullable;

/**
 * Writes many rows with one statement: each parameter is a column, an array with an element for
 * each row, for {@code unnest}. For rows that come by the thousand; it goes past the session's
 * entities, in its transaction.
 */
public final class Columns {
  private Columns() {}

  /** Runs a statement; the answer is the number of rows it wrote. */
  public static Uni<Integer> write(Mutiny.Session session, String sql, Object... columns) {
    return Uni.createFrom()
        .completionStage(
            () -> ((MutinySessionImpl) session).getReactiveConnection().update(sql, columns));
  }

  /** One column of all rows. */
  public static <R, V extends @Nullable Object> V[] of(
      List<R> rows, V[] type, Function<R, V> value) {
    V[] column = Arrays.copyOf(type, rows.size());
    for (int i = 0; i < column.length; i++) {
      column[i] = value.apply(rows.get(i));
    }
    return column;
  }
}
