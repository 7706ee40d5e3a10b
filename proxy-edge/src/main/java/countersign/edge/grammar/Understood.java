package countersign.edge.grammar;

import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Analysed;
import countersign.wire.postgres.sql.Catalogue;
import countersign.wire.postgres.sql.Names;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Understanding;
import org.jspecify.annotations.Nullable;

/** A text with its tree's reading, and the newest reading of it in a session. Thread-safe. */
public final class Understood {
  private final Analysed analysed;
  private volatile @Nullable Memo memo;

  private record Memo(int server, @Nullable Catalogue catalogue, Names names, Reading reading) {}

  Understood(Analysed analysed) {
    this.analysed = analysed;
  }

  /** What the grammar said of a text that is no SQL; null of any other. */
  public Parse.@Nullable Rejected rejected() {
    return analysed.rejected();
  }

  /**
   * Reads it as it is meant now: the reading is kept for exactly this state.
   *
   * @param server major version of the target
   * @param catalogue the target's, null when it could not be read
   * @param names what names mean in the session
   */
  public Reading reading(int server, @Nullable Catalogue catalogue, Names names) {
    Memo last = memo;
    if (last != null
        && last.server == server
        && last.catalogue == catalogue
        && last.names.equals(names)) {
      return last.reading;
    }
    Reading reading = Understanding.read(analysed, server, catalogue, names);
    memo = new Memo(server, catalogue, names, reading);
    return reading;
  }
}
