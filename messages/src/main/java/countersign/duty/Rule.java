package countersign.duty;

import countersign.operation.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One rule of a duty.
 *
 * @param action what it does when it matches
 * @param effects effects it speaks of
 * @param match what the operation must touch; all empty matches everything
 * @param when CEL condition, empty for none
 * @param hold terms when {@code action} is {@link Action#hold}; {@link Hold#DEFAULT} otherwise
 * @param message words for the caller, empty for none
 */
public record Rule(
    Action action, Set<Effect> effects, Match match, String when, Hold hold, String message) {
  public Rule {
    effects = Set.copyOf(effects);
  }

  /** Allow, hold or block. */
  public enum Action {
    allow,
    hold,
    block
  }

  /**
   * What an operation must touch.
   *
   * @param relations globs over {@code schema.relation}
   * @param text RE2 expressions over the text; may only make a decision stricter
   */
  public record Match(List<String> relations, List<String> text) {
    /** Matches everything. */
    public static final Match ANYTHING = new Match(List.of(), List.of());

    public Match {
      relations = List.copyOf(relations);
      text = List.copyOf(text);
    }
  }

  /**
   * The terms of a hold.
   *
   * @param by groups whose members may approve; empty means nobody can
   * @param andBy further sets of groups: an approver must also be in a group of each. Only where
   *     several rules hold one operation and ask different groups; else empty
   * @param quorum distinct people needed, at least 1
   * @param within how long an answer may take
   * @param waiting where the caller waits
   * @param reasonRequired whether the caller must state a reason
   * @param lockWait how long a hold may keep a transaction that has written open
   */
  public record Hold(
      Set<String> by,
      List<Set<String>> andBy,
      int quorum,
      Duration within,
      Wait waiting,
      boolean reasonRequired,
      Duration lockWait) {
    /** One approver of nobody's group within 15 minutes, in the stream. */
    public static final Hold DEFAULT =
        new Hold(Set.of(), 1, Duration.ofMinutes(15), Wait.stream, false, Duration.ofSeconds(60));

    public Hold {
      by = Set.copyOf(by);
      andBy = andBy.stream().map(Set::copyOf).toList();
    }

    /** The same terms with another place to wait. */
    public Hold in(Wait where) {
      return where == waiting
          ? this
          : new Hold(by, andBy, quorum, within, where, reasonRequired, lockWait);
    }

    /** The terms of one rule, where one set of groups answers. */
    public Hold(
        Set<String> by,
        int quorum,
        Duration within,
        Wait waiting,
        boolean reasonRequired,
        Duration lockWait) {
      this(by, List.of(), quorum, within, waiting, reasonRequired, lockWait);
    }
  }

  /** In the stream the caller waits in place; a ticket outlives the client. */
  public enum Wait {
    stream,
    ticket
  }
}
