package countersign.port;

import countersign.approval.ApprovalId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks the edge that holds an operation about another text in its place. */
public interface Proposals {

  /**
   * Asks whether a text may take an operation's place. Nothing runs: the edge decides on the text
   * as on any other, and has the target describe it.
   *
   * @return completes within seconds with what stands in the way, for the approver, empty when
   *     nothing does or nobody holds the operation now; exceptionally when the edge does not answer
   */
  CompletionStage<Optional<String>> propose(ApprovalId approval, String text);
}
