package countersign.view.projections;

import countersign.view.Page;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * Lists rows of one entity a page at a time: conditions, then rows after the last one of the page
 * before in the wanted order. A cursor holds the order, that row's value in it and its id; rows
 * that come or go between two pages neither shift nor repeat the others.
 */
public final class Keyset<R> {
  private final Class<R> entity;
  private final String sort;
  private final String field;
  private final boolean descending;
  private final boolean byTime;
  private final Function<String, ?> id;
  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();

  /**
   * Orders rows.
   *
   * @param entity entity whose key is {@code id}
   * @param sort wanted order, with {@code -} before it for descending; empty for {@code standard}
   * @param standard the list's own order
   * @param sorts fields that may be sorted by; those that end in {@code At} are times, the rest
   *     text
   * @param id reads an id out of a cursor
   * @throws IllegalArgumentException if the order is not one of {@code sorts}
   */
  public Keyset(
      Class<R> entity, String sort, String standard, Set<String> sorts, Function<String, ?> id) {
    this.entity = entity;
    this.sort = sort.isEmpty() ? standard : sort;
    this.descending = this.sort.startsWith("-");
    this.field = descending ? this.sort.substring(1) : this.sort;
    this.byTime = field.endsWith("At");
    this.id = id;
    if (!sorts.contains(field)) {
      throw new IllegalArgumentException(
          "sort: " + sort + " (expected: one of " + sorts.stream().sorted().toList() + ")");
    }
  }

  /** Adds a condition over the alias {@code r}. */
  public Keyset<R> where(String condition, Map<String, ?> values) {
    conditions.add("(" + condition + ")");
    parameters.putAll(values);
    return this;
  }

  /**
   * Reads one page.
   *
   * @param value a row's value in the wanted order
   * @param key a row's id
   * @throws IllegalArgumentException if the cursor is not one of this order
   */
  public Uni<Page<R>> page(
      Mutiny.Session session,
      Page.Request page,
      Function<R, Object> value,
      Function<R, Object> key) {
    after(page.cursor());
    String direction = descending ? " desc" : " asc";
    String query =
        "from "
            + entity.getSimpleName()
            + " r"
            + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
            + (" order by r." + field + direction + ", r.id" + direction);
    Mutiny.SelectionQuery<R> selection = session.createQuery(query, entity);
    parameters.forEach(selection::setParameter);
    return selection
        .setMaxResults(page.limit() + 1)
        .getResultList()
        .map(rows -> {
          if (rows.size() <= page.limit()) {
            return new Page<>(rows, null);
          }
          List<R> items = rows.subList(0, page.limit());
          return new Page<>(items, cursor(items.getLast(), value, key));
        });
  }

  /** The field rows are ordered by. */
  public String field() {
    return field;
  }

  private String cursor(R last, Function<R, Object> value, Function<R, Object> key) {
    String text = String.join("\u0000", sort, value.apply(last).toString(), key.apply(last) + "");
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void after(@Nullable String cursor) {
    if (cursor == null) {
      return;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      String[] parts = text.split("\u0000", -1);
      if (parts.length != 3 || !parts[0].equals(sort)) {
        throw notACursor();
      }
      String than = descending ? " < " : " > ";
      where(
          "r."
              + field
              + than
              + ":lastValue or (r."
              + field
              + " = :lastValue and r.id"
              + than
              + ":lastId)",
          Map.of(
              "lastValue",
              byTime ? Instant.parse(parts[1]) : parts[1],
              "lastId",
              id.apply(parts[2])));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw notACursor();
    }
  }

  private static IllegalArgumentException notACursor() {
    return new IllegalArgumentException(
        "cursor: not of this list (expected: next of the page before, with the same sort)");
  }
}
