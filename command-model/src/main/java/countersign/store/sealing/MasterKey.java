package countersign.store.sealing;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The key that every other one hangs from. It only wraps and unwraps keys, so that it may stand in
 * a machine of its own. Thread-safe; calls may block for a bounded time.
 */
public interface MasterKey {

  /** Names it beside what it wrapped, one word; tells nothing of the key. */
  String id();

  /**
   * Wraps a key.
   *
   * @param what what the key is for; needed again to unwrap
   * @param key 32 bytes
   * @return one word of printable ASCII
   * @throws IOException with words for the operator when the key is out of reach
   */
  String wrap(String what, byte[] key) throws IOException;

  /**
   * Unwraps a key.
   *
   * @throws IOException with words for the operator: out of reach, or wrapped by another key or for
   *     something else
   */
  byte[] unwrap(String what, String wrapped) throws IOException;

  /**
   * The master key that Countersign keeps itself: {@code master.key} in the directory of keys, made
   * when absent.
   *
   * @throws IOException with a message for the operator when the file is readable by others or
   *     holds something else; the message never holds what it found
   */
  static MasterKey of(Path directory) throws IOException {
    return LocalMasterKey.in(directory);
  }

  /** Where the master key comes from; asked at each start, and by whoever needs a role's login. */
  @FunctionalInterface
  interface Source {
    /**
     * Gives the key.
     *
     * @param directory the directory of keys
     * @throws IOException with words for the operator
     */
    MasterKey open(Path directory) throws IOException;
  }
}
