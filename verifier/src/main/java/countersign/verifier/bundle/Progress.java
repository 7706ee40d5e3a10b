package countersign.verifier.bundle;

/** Is told how far long work is; called often, from the working thread, so it must be quick. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (stage, done, of) -> {};

  /**
   * Work went on.
   *
   * @param stage what is being done, in a word or two
   * @param done how much of it is done
   * @param of how much there is, -1 when not known
   */
  void at(String stage, long done, long of);
}
