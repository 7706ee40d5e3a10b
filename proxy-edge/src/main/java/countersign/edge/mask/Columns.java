package countersign.edge.mask;

import countersign.deciding.Unmasking;
import countersign.masking.Method;
import countersign.wire.postgres.TextArray;
import countersign.wire.postgres.sql.Catalogue;
import countersign.wire.postgres.sql.Name;
import countersign.wire.postgres.sql.Origin;
import countersign.wire.postgres.sql.Provenance;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a target hold masked values: those that rules name, the same ones of parents,
 * partitions and other descendants, what views and generated columns make of them, columns of whole
 * rows, and PostgreSQL's own statistics, which quote values. Belongs to one snapshot of the
 * catalogue. Thread-safe.
 */
public final class Columns {
  private static final int MOST_ROUNDS = 64;

  /** Everything with a smaller oid came with the server. */
  private static final int OURS = 16_384;

  private final Catalogue catalogue;
  private final List<Rule> rules;
  private final Map<Long, ColumnMask> masks = new HashMap<>();
  private final Set<Integer> masked = new HashSet<>();
  private final Map<String, Integer> named = new HashMap<>();
  private final boolean anyShownOnly;

  /** Whether views are near, as far as somebody asked. */
  private final Map<Integer, Boolean> near = new ConcurrentHashMap<>();

  /** A rule over columns. */
  public record Rule(String glob, ColumnMask how) {}

  /** Finds what rules say of the columns of a catalogue: linear in its columns. */
  public Columns(Catalogue catalogue, List<Rule> rules) {
    this.catalogue = catalogue;
    this.rules = rules;
    this.anyShownOnly = rules.stream().anyMatch(rule -> rule.how().shownOnly());
    for (Catalogue.Relation relation : catalogue.relations()) {
      named.put(relation.name().written(), relation.oid());
      for (Catalogue.Column column : relation.columns()) {
        ColumnMask how =
            relation.oid() >= 0 && relation.oid() < OURS
                ? telling(column.name()) ? ColumnMask.DOUBT : null
                : ruled(relation, column);
        if (how != null) {
          put(relation.oid(), column.number(), how);
        }
      }
    }
    spread();
    catalogue.computed().forEach(this::computed);
    spread();
    catalogue.relations().forEach(this::holdsRows);
  }

  /** A generated column tells of what it is computed from. */
  private void computed(Catalogue.Computed column) {
    for (int number : column.from()) {
      ColumnMask how = masks.get(key(column.relation(), number));
      if (how != null) {
        put(column.relation(), column.number(), how.of(Method.hide));
      }
    }
  }

  /** A column may hold whole rows of another relation. */
  private void holdsRows(Catalogue.Relation relation) {
    for (Catalogue.Column column : relation.columns()) {
      int rows = catalogue.rowsOf(column.type());
      if (rows != 0 && rows != relation.oid() && masked.contains(rows)) {
        put(relation.oid(), column.number(), ColumnMask.DOUBT);
      }
    }
  }

  private @Nullable ColumnMask ruled(Catalogue.Relation relation, Catalogue.Column column) {
    ColumnMask how =
        ruled(
            new Unmasking.Column(relation.name().schema(), relation.name().name(), column.name()),
            rules);
    return how != null && TextArray.is(column.type()) ? how.ofElements() : how;
  }

  private static @Nullable ColumnMask ruled(Unmasking.Column named, List<Rule> rules) {
    ColumnMask strictest = null;
    for (Rule rule : rules) {
      if (named.matches(rule.glob())) {
        strictest = strictest == null ? rule.how() : strictest.stricter(rule.how());
      }
    }
    return strictest;
  }

  /** Columns of the server's own relations that quote values or what others said. */
  private static boolean telling(String column) {
    return column.startsWith("stavalues")
        || column.startsWith("stxd")
        || column.startsWith("most_common")
        || column.contains("histogram")
        || column.equals("attmissingval")
        || column.equals("query")
        || column.equals("statement");
  }

  private void put(int relation, int number, ColumnMask how) {
    masks.merge(key(relation, number), how, ColumnMask::stricter);
    masked.add(relation);
  }

  /** A column of a parent is the same column of its children, and the other way around. */
  private void spread() {
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      changed = false;
      for (Catalogue.Inherits edge : catalogue.inherits()) {
        changed |= spread(edge.parent(), edge.child());
        changed |= spread(edge.child(), edge.parent());
      }
    }
  }

  private boolean spread(int from, int to) {
    Catalogue.Relation one = catalogue.relation(from);
    Catalogue.Relation other = catalogue.relation(to);
    if (one == null || other == null || !masked.contains(from)) {
      return false;
    }
    boolean changed = false;
    for (Catalogue.Column column : one.columns()) {
      ColumnMask how = masks.get(key(from, column.number()));
      for (Catalogue.Column same : other.columns()) {
        if (how != null && same.name().equals(column.name())) {
          ColumnMask before = masks.get(key(to, same.number()));
          put(to, same.number(), how);
          changed |= !how.equals(before) && masks.get(key(to, same.number())) != before;
        }
      }
    }
    return changed;
  }

  private static long key(int relation, int number) {
    return (long) relation << 16 | number & 0xffff;
  }

  /**
   * How a column is masked that the server says is one.
   *
   * @param number {@code attnum}; 0 for the whole row
   * @param lifted columns whose masks are lifted
   * @return null when it is not
   */
  public @Nullable ColumnMask of(int relation, int number, Set<Origin.Column> lifted) {
    Catalogue.Relation known = catalogue.relation(relation);
    if (known == null) {
      return ColumnMask.DOUBT; // newer than the snapshot, or temporary
    }
    if (number <= 0) {
      boolean any =
          number == 0
              && known.columns().stream().anyMatch(c -> of(relation, c.number(), lifted) != null);
      return any ? ColumnMask.DOUBT : null;
    }
    boolean free = lifted.stream().anyMatch(c -> c.relation() == relation && c.number() == number);
    ColumnMask here = free ? null : masks.get(key(relation, number));
    Provenance behind = catalogue.behind(known);
    if (behind == null) {
      boolean there =
          known.columns().isEmpty() || known.columns().stream().anyMatch(c -> c.number() == number);
      return here == null && !there ? ColumnMask.DOUBT : here;
    }
    int place = place(known, number);
    List<Origin> origins = behind.outputs();
    ColumnMask through =
        place < 0
            ? ColumnMask.DOUBT
            : of(
                origins != null && origins.size() == known.columns().size()
                    ? origins.get(place)
                    : behind.shown(),
                lifted);
    return here == null ? through : through == null ? here : here.stricter(through);
  }

  private static int place(Catalogue.Relation relation, int number) {
    for (int i = 0; i < relation.columns().size(); i++) {
      if (relation.columns().get(i).number() == number) {
        return i;
      }
    }
    return -1;
  }

  /**
   * How a value of an origin is masked; null when it is not.
   *
   * @param lifted columns whose masks are lifted
   */
  public @Nullable ColumnMask of(Origin origin, Set<Origin.Column> lifted) {
    if (origin.unknown()) {
      return ColumnMask.DOUBT;
    }
    ColumnMask strictest = null;
    for (Origin.Column column : origin.columns()) {
      ColumnMask how = lifted.contains(column) ? null : into(column);
      if (how != null) {
        strictest = strictest == null ? how : strictest.stricter(how);
      }
    }
    return strictest == null || origin.direct() ? strictest : strictest.of(Method.hide);
  }

  /** How the column that something is written into is masked; null when it is not. */
  public @Nullable ColumnMask into(Origin.Column column) {
    return masks.get(key(column.relation(), column.number()));
  }

  /**
   * Whether a value of an origin shows no more where it is written than where it comes from.
   *
   * @param into the column it is written into; null for one without a mask
   */
  public boolean kept(Origin from, Origin.@Nullable Column into) {
    ColumnMask there = into == null ? null : into(into);
    ColumnMask here = of(from, Set.of());
    return here == null || there != null && there.covers(here);
  }

  /** The same for a column that is called otherwise from now on, by the rules alone. */
  public boolean kept(Origin from, Provenance.Renamed as) {
    ColumnMask there = ruled(new Unmasking.Column(as.schema(), as.relation(), as.column()), rules);
    ColumnMask here = of(from, Set.of());
    return here == null || there != null && there.covers(here);
  }

  /** Whether both are of the same snapshot. */
  public boolean asOf(Columns other) {
    return catalogue == other.catalogue;
  }

  /** Whether a relation is a view. */
  public boolean view(int relation) {
    Catalogue.Relation known = catalogue.relation(relation);
    return known == null || known.kind() == 'v';
  }

  /** The masked columns among what something comes from. */
  public Set<Origin.Column> among(Origin origin) {
    return origin.columns().stream()
        .filter(column -> into(column) != null)
        .collect(Collectors.toSet());
  }

  /** A column's names; null when it is not in the catalogue. */
  public Unmasking.@Nullable Column name(Origin.Column column) {
    Catalogue.Relation relation = catalogue.relation(column.relation());
    int place = relation == null ? -1 : place(relation, column.number());
    return relation == null || place < 0
        ? null
        : new Unmasking.Column(
            relation.name().schema(), relation.name().name(), relation.columns().get(place).name());
  }

  /** Whether a column may only be shown. */
  public boolean shownOnly(Origin.Column column) {
    ColumnMask how = into(column);
    return how != null && how.shownOnly();
  }

  /** Whether a relation has columns that may only be shown; true for what is not known. */
  public boolean shownOnly(int relation) {
    Catalogue.Relation known = catalogue.relation(relation);
    return anyShownOnly
        && (known == null
            || known.columns().stream()
                .anyMatch(c -> shownOnly(new Origin.Column(relation, c.number(), c.type()))));
  }

  /** Whether something reads a masked column, for certain. */
  public boolean certain(Origin origin) {
    return origin.columns().stream().anyMatch(column -> into(column) != null);
  }

  /** Whether a relation has masked columns, or is a view over one that has. */
  public boolean near(int relation) {
    if (masked.contains(relation)) {
      return true;
    }
    Catalogue.Relation known = catalogue.relation(relation);
    if (known == null) {
      return true;
    }
    Provenance behind = catalogue.behind(known);
    if (behind == null) {
      return false;
    }
    Boolean before = near.get(relation);
    if (before == null) {
      before = behind.unknown() || behind.relations().stream().anyMatch(masked::contains);
      near.put(relation, before);
    }
    return before;
  }

  /** The same by its names; true for what is not known. */
  public boolean near(String schema, String name) {
    return near(new Name(schema, name).written());
  }

  /** The same by a full name as it is written; true for what is not known. */
  public boolean near(String written) {
    Integer relation = named.get(written);
    return relation == null || near(relation);
  }
}
