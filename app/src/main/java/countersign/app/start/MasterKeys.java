package countersign.app.start;

import countersign.app.identity.ReferencedSecrets;
import countersign.deciding.configuration.Configuration;
import countersign.store.sealing.LocalMasterKey;
import countersign.store.sealing.MasterKey;
import countersign.store.sealing.RootKey;
import countersign.store.sealing.SealedSecrets;
import countersign.store.sealing.VaultTransit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Where the master key comes from: what {@code keys.master} says, else the data directory. */
public final class MasterKeys {
  private static final String VAULT = "${vault:";

  private MasterKeys() {}

  /**
   * The source that a configuration names. Nothing is read yet.
   *
   * @param environment environment variables
   * @param secrets directory of files that {@code ${file:NAME}} names
   */
  public static MasterKey.Source source(
      Configuration configuration, Map<String, String> environment, Path secrets) {
    return source(configuration.keys().master(), configuration.secrets(), environment, secrets);
  }

  /** The source that a reference names; an empty one is the key in the directory of keys. */
  public static MasterKey.Source source(
      String reference, Set<String> names, Map<String, String> environment, Path secrets) {
    if (reference.isEmpty()) {
      return MasterKey::of;
    }
    if (reference.startsWith(VAULT)) {
      String path = reference.substring(VAULT.length(), reference.length() - 1);
      return _ -> VaultTransit.of(path, environment);
    }
    ReferencedSecrets referenced =
        new ReferencedSecrets(() -> names, environment, secrets, ReferencedSecrets.Sealed.NONE);
    return _ -> resolved(reference, referenced);
  }

  private static MasterKey resolved(String reference, ReferencedSecrets referenced)
      throws IOException {
    char[] text = new char[0];
    try {
      text = referenced.resolve(reference);
      return LocalMasterKey.of(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("keys.master: " + reference + ": " + e.getMessage(), e);
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  /** The secrets that people set, before the store is open. */
  static ReferencedSecrets.Sealed secrets(Path keys, MasterKey.Source master) {
    return name -> SealedSecrets.open(keys, RootKey.open(keys, master.open(keys))).read(name);
  }
}
