package countersign.store.sealing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes the master key: what it wraps is wrapped under another one, which is the root key and the
 * key of the epoch. No event, no session's key and no password changes. A crash at any moment
 * leaves keys that open: a file holds both wrappings until the new master key has opened it.
 */
public final class MasterKeyRotation {
  private final Path directory;
  private final KeyFiles files;

  private MasterKeyRotation(Path directory, KeyFiles files) {
    this.directory = directory;
    this.files = files;
  }

  /** Changes keys of a directory that no running process has open. */
  public static MasterKeyRotation of(Path directory) throws IOException {
    return of(directory, _ -> {});
  }

  static MasterKeyRotation of(Path directory, Consumer<String> step) throws IOException {
    return new MasterKeyRotation(directory, KeyFiles.in(directory, step));
  }

  /**
   * Makes a fresh key of the file that Countersign keeps itself; the old one is destroyed.
   *
   * @return how many keys hang from it now
   */
  public int renew() throws IOException {
    MasterKey before = LocalMasterKey.in(directory);
    byte[] text = Base64.getEncoder().encode(Wrapping.fresh());
    MasterKey after =
        LocalMasterKey.of(StandardCharsets.US_ASCII.decode(java.nio.ByteBuffer.wrap(text)).array());
    try (KeyGuard _ = KeyGuard.take(directory)) {
      List<WrappedKey> all = all(before);
      for (WrappedKey one : all) {
        one.add(before, after);
      }
      files.put(LocalMasterKey.NAME, KeyFiles.bytes(text));
      for (WrappedKey one : all) {
        one.dropOlder(after);
      }
      return all.size();
    }
  }

  /**
   * Wraps under another master key as well. The start that first uses it drops the old wrappings.
   *
   * @return how many keys were wrapped
   */
  public int move(MasterKey from, MasterKey to) throws IOException {
    try (KeyGuard _ = KeyGuard.take(directory)) {
      List<WrappedKey> all = all(from);
      for (WrappedKey one : all) {
        one.add(from, to);
      }
      return all.size();
    }
  }

  private List<WrappedKey> all(MasterKey master) throws IOException {
    Epoch epoch = Epoch.open(files, master);
    List<WrappedKey> all = new ArrayList<>();
    all.add(new WrappedKey(files, epoch.toString()));
    WrappedKey root = new WrappedKey(files, RootKey.NAME);
    if (root.exists()) {
      all.add(root);
    }
    return all;
  }
}
