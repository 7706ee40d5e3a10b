package countersign.wire.postgres.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is found while a text is read. */
final class Findings {
  /** Keeps the record of a strange text small. */
  private static final int MOST_NAMES = 1_000;

  private final Set<String> relations = new LinkedHashSet<>();
  private final Set<String> functions = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>(0);
  private boolean runsCode;

  void relation(String name) {
    if (relations.size() < MOST_NAMES) {
      relations.add(name);
    } else {
      problem("more than " + MOST_NAMES + " relations");
    }
  }

  void function(String name) {
    if (functions.size() < MOST_NAMES) {
      functions.add(name);
    } else {
      problem("more than " + MOST_NAMES + " functions");
    }
  }

  /** Something stands in the way of knowing. */
  void problem(String why) {
    if (problems.size() < 8 && !problems.contains(why)) {
      problems.add(why);
    }
  }

  /** Code runs that nobody knows: it may do anything, also change what names mean. */
  void code(String why) {
    runsCode = true;
    problem(why);
  }

  boolean clean() {
    return problems.isEmpty();
  }

  String why() {
    return String.join("; ", problems);
  }

  boolean runsCode() {
    return runsCode;
  }

  List<String> relations() {
    return List.copyOf(relations);
  }

  List<String> functions() {
    return List.copyOf(functions);
  }
}
