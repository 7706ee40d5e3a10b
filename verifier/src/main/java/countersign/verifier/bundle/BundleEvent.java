package countersign.verifier.bundle;

/**
 * One event on its way into a bundle.
 *
 * @param position its place in the log: the index of its leaf, from 0
 * @param leaf canonical bytes of its {@link countersign.verifier.Leaf}
 * @param content what of it may be seen
 */
public record BundleEvent(long position, byte[] leaf, Content content) {

  /** What of an event may be seen, besides its leaf. */
  public sealed interface Content {

    /**
     * Everything: its clear half and, by its own key, its sealed half.
     *
     * @param clear the stored JSON, exactly
     * @param sealed the stored sealed bytes, exactly
     * @param key the event's own key, 32 bytes; never a session's
     */
    record Disclosed(byte[] clear, byte[] sealed, byte[] key) implements Content {}

    /**
     * Its clear half, and there is no other: nothing of it was sealed.
     *
     * @param clear the stored JSON, exactly
     */
    record AllClear(byte[] clear) implements Content {}

    /**
     * Its clear half only; the sealed half was not asked for.
     *
     * @param clear the stored JSON, exactly
     */
    record MetadataOnly(byte[] clear) implements Content {}

    /**
     * Its clear half; the key of the sealed half was destroyed.
     *
     * @param clear the stored JSON, exactly
     * @param erasure position of the {@code ErasureCompleted} that destroyed it; that event must be
     *     in the bundle too, whatever the scope
     */
    record Erased(byte[] clear, long erasure) implements Content {}

    /** Nothing: it stands between events of the scope, so that the range has no hole. */
    record OutOfScope() implements Content {}
  }
}
