package countersign.feed;

import countersign.duty.Rulebook;
import java.util.concurrent.CompletionStage;

/** The rulebook as of a moment of the log, for whoever decides with a condition on it. */
public interface RulebookInForce {

  /**
   * Returns the rulebook with every change up to a position, and perhaps later ones.
   *
   * @return completes exceptionally with {@link countersign.port.AppendRefused} when the store does
   *     not answer
   */
  CompletionStage<Rulebook> at(long position);
}
