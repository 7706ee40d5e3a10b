package countersign.verifier.tree;

import java.io.IOException;

/** Where the hashes of complete subtrees come from. */
@FunctionalInterface
public interface Nodes {

  /**
   * The hash of a complete subtree.
   *
   * @param level its height: 0 is a leaf, at most 62
   * @param index its number at that level, from 0: it spans the leaves from {@code index << level}
   *     to {@code (index + 1) << level}, all of which exist
   * @throws IOException when it cannot be read
   */
  Hash node(int level, long index) throws IOException;
}
