package countersign.verifier.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Makes and checks proofs as RFC 9162 §2.1.3 and §2.1.4 define them. Indexes count from 0; sizes
 * are numbers of leaves. Pure and thread-safe.
 *
 * <p>A consistency proof from the empty tree says nothing, so none is accepted; a proof between
 * equal sizes is empty and the roots must be equal.
 */
public final class Proofs {
  /** No proof of a tree with fewer than 2^63 leaves has more hashes for one leaf. */
  public static final int LONGEST = 63;

  private Proofs() {}

  /**
   * The root of the first leaves of a tree.
   *
   * @param size how many leaves; 0 gives {@link Hash#EMPTY}
   */
  public static Hash root(long size, Nodes nodes) throws IOException {
    return size == 0 ? Hash.EMPTY : range(0, size, nodes);
  }

  /**
   * Proves that a leaf is in a tree.
   *
   * @param index of the leaf
   * @param size of the tree, more than the index
   * @return from the leaf's sibling up to the root's child
   */
  public static List<Hash> inclusion(long index, long size, Nodes nodes) throws IOException {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "index: " + index + " (expected: from 0 and below " + size + ")");
    }
    List<Hash> fromRoot = new ArrayList<>();
    long from = 0;
    long to = size;
    while (to - from > 1) {
      long middle = from + below(to - from);
      if (index < middle) {
        fromRoot.add(range(middle, to, nodes));
        to = middle;
      } else {
        fromRoot.add(range(from, middle, nodes));
        from = middle;
      }
    }
    Collections.reverse(fromRoot);
    return fromRoot;
  }

  /**
   * Proves that a tree only grew.
   *
   * @param old size before, from 1
   * @param size size now, at least as large
   */
  public static List<Hash> consistency(long old, long size, Nodes nodes) throws IOException {
    if (old < 1 || old > size) {
      throw new IllegalArgumentException("old: " + old + " (expected: from 1 to " + size + ")");
    }
    List<Hash> fromRoot = new ArrayList<>();
    long from = 0;
    long to = size;
    while (to != old) {
      long middle = from + below(to - from);
      if (old <= middle) {
        fromRoot.add(range(middle, to, nodes));
        to = middle;
      } else {
        fromRoot.add(range(from, middle, nodes));
        from = middle;
      }
    }
    if (from > 0) {
      fromRoot.add(range(from, to, nodes));
    }
    Collections.reverse(fromRoot);
    return fromRoot;
  }

  /** Checks that a leaf is in a tree (RFC 9162 §2.1.3.2). */
  public static boolean included(long index, long size, Hash leaf, List<Hash> proof, Hash root) {
    if (index < 0 || index >= size || proof.size() > LONGEST) {
      return false;
    }
    long fn = index;
    long sn = size - 1;
    Hash r = leaf;
    for (Hash p : proof) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        r = Hash.node(p, r);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        r = Hash.node(r, p);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && r.equals(root);
  }

  /** Checks that a tree only grew (RFC 9162 §2.1.4.2). */
  public static boolean consistent(long old, long size, Hash oldRoot, Hash root, List<Hash> proof) {
    if (old < 1 || old > size || proof.size() > LONGEST) {
      return false;
    }
    if (old == size) {
      return proof.isEmpty() && oldRoot.equals(root);
    }
    if (proof.isEmpty()) {
      return false;
    }
    // A complete old tree is a node of the new one: the proof leaves its root out.
    boolean complete = Long.bitCount(old) == 1;
    Hash fr = complete ? oldRoot : proof.getFirst();
    Hash sr = fr;
    long fn = old - 1;
    long sn = size - 1;
    while ((fn & 1) == 1) {
      fn >>>= 1;
      sn >>>= 1;
    }
    for (Hash c : proof.subList(complete ? 0 : 1, proof.size())) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        fr = Hash.node(c, fr);
        sr = Hash.node(c, sr);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        sr = Hash.node(sr, c);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && fr.equals(oldRoot) && sr.equals(root);
  }

  /** The hash over a range that begins where a subtree of its size may begin. */
  private static Hash range(long from, long to, Nodes nodes) throws IOException {
    List<Hash> parts = new ArrayList<>();
    for (long at = from; at < to; ) {
      int level = 63 - Long.numberOfLeadingZeros(to - at);
      parts.add(nodes.node(level, at >>> level));
      at += 1L << level;
    }
    return fold(parts);
  }

  /** The root over the complete subtrees of a tree, the largest first. */
  static Hash fold(List<Hash> parts) {
    Hash root = parts.getLast();
    for (int i = parts.size() - 2; i >= 0; i--) {
      root = Hash.node(parts.get(i), root);
    }
    return root;
  }

  /** The largest power of two that is smaller; for 2 or more. */
  private static long below(long count) {
    return Long.highestOneBit(count - 1);
  }
}
