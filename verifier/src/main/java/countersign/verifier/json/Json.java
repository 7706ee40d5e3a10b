package countersign.verifier.json;

import countersign.verifier.Malformed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A JSON value. Objects keep no order but that of their names by UTF-16 units, which is the one
 * that RFC 8785 writes them in. Immutable.
 */
public sealed interface Json {

  /** Whole numbers beyond this are not the same in every reader, so none is written. */
  long MOST = 1L << 53;

  /** An object. */
  record Members(SortedMap<String, Json> of) implements Json {
    public Members {
      of = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(of));
    }
  }

  /** An array. */
  record Items(List<Json> of) implements Json {
    public Items {
      of = List.copyOf(of);
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** A number, as exact as it was written. */
  record Number(BigDecimal value) implements Json {}

  /** True or false. */
  record Truth(boolean value) implements Json {}

  /** Null. */
  record Nothing() implements Json {}

  /** Reads one value that fills the text; see {@link JsonReader} for what is refused. */
  static Json parse(String text) throws Malformed {
    return new JsonReader(text).whole();
  }

  /** A string. */
  static Json of(String value) {
    return new Text(value);
  }

  /** A whole number. */
  static Json of(long value) {
    return new Number(BigDecimal.valueOf(value));
  }

  /** True or false. */
  static Json of(boolean value) {
    return new Truth(value);
  }

  /** An array. */
  static Json of(Collection<? extends Json> items) {
    return new Items(List.copyOf(items));
  }

  /** An object. */
  static Json of(Map<String, ? extends Json> members) {
    return new Members(new TreeMap<>(members));
  }

  /** Begins an object. */
  static Builder object() {
    return new Builder();
  }

  /** Puts an object together. Not thread-safe. */
  final class Builder {
    private final SortedMap<String, Json> members = new TreeMap<>();

    private Builder() {}

    /** Adds a member. */
    public Builder with(String name, Json value) {
      members.put(name, value);
      return this;
    }

    /** Adds a string. */
    public Builder with(String name, String value) {
      return with(name, of(value));
    }

    /** Adds a whole number. */
    public Builder with(String name, long value) {
      return with(name, of(value));
    }

    /** Adds a string when there is one. */
    public Builder with(String name, Optional<String> value) {
      value.ifPresent(text -> with(name, text));
      return this;
    }

    /** The object. */
    public Json made() {
      return new Members(members);
    }
  }

  /**
   * The canonical text (RFC 8785).
   *
   * @throws IllegalArgumentException for a number that is not whole or beyond {@link #MOST}: none
   *     of our formats has one; and for half a surrogate pair
   */
  default String canonical() {
    StringBuilder text = new StringBuilder();
    Canonical.write(text, this);
    return text.toString();
  }

  /** The canonical text in UTF-8. */
  default byte[] canonicalBytes() {
    return canonical().getBytes(StandardCharsets.UTF_8);
  }

  /** A member of this object, if this is one and has it. */
  default Optional<Json> member(String name) {
    return this instanceof Members(var of) ? Optional.ofNullable(of.get(name)) : Optional.empty();
  }

  /** A member that has to be there. */
  default Json need(String name) throws Malformed {
    Optional<Json> member = member(name);
    if (member.isEmpty()) {
      throw new Malformed(name + ": absent (expected: a member of that name)");
    }
    return member.get();
  }

  /** A member that has to be a string. */
  default String text(String name) throws Malformed {
    if (need(name) instanceof Text(String value)) {
      return value;
    }
    throw new Malformed(name + ": not a string (expected: a string)");
  }

  /** A member that has to be a whole number from 0 to {@link #MOST}. */
  default long count(String name) throws Malformed {
    if (need(name) instanceof Number(BigDecimal value)
        && value.scale() <= 0
        && value.signum() >= 0
        && value.compareTo(BigDecimal.valueOf(MOST)) <= 0) {
      return value.longValueExact();
    }
    throw new Malformed(name + ": not a count (expected: a whole number from 0)");
  }

  /** A member that has to be an array. */
  default List<Json> items(String name) throws Malformed {
    if (need(name) instanceof Items(List<Json> of)) {
      return of;
    }
    throw new Malformed(name + ": not an array (expected: an array)");
  }

  /** The members of this object, none when it is another value. */
  default Map<String, Json> members() {
    return this instanceof Members(var of) ? of : Map.of();
  }
}
