package countersign.app.start;

import countersign.deciding.configuration.Configuration;
import countersign.store.sealing.MasterKey;
import countersign.store.sealing.MasterKeyRotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes the master key of a data directory that no process uses. */
public final class MasterKeyChange {
  private MasterKeyChange() {}

  /**
   * Changes it.
   *
   * @param data the data directory
   * @param config the configuration whose {@code keys.master} is the master key now; null when it
   *     names none
   * @param to reference to the master key from now on; empty for a fresh one in the same place
   * @return words for the operator
   * @throws IllegalArgumentException with words for the operator when it cannot be done
   */
  public static String run(Path data, @Nullable Path config, String to) throws IOException {
    try (DataDirectory directory = DataDirectory.take(data)) {
      Configuration configuration = config == null ? null : Start.read(config);
      String from = configuration == null ? "" : configuration.keys().master();
      Set<String> names = configuration == null ? Set.of() : configuration.secrets();
      Path keys = directory.secret(StorePreparation.KEYS);
      MasterKeyRotation rotation = MasterKeyRotation.of(keys);
      if (from.isEmpty() && to.isEmpty()) {
        return rotation.renew() + " keys are wrapped under a fresh master key";
      }
      if (to.isEmpty() && !from.startsWith("${vault:")) {
        throw new IllegalArgumentException(
            "--to: absent (expected: a reference to the new master key; " + from + " is yours)");
      }
      MasterKey before = source(from, names, directory).open(keys);
      MasterKey after = source(to.isEmpty() ? from : to, names, directory).open(keys);
      int wrapped = rotation.move(before, after);
      return wrapped
          + " keys are wrapped under "
          + after.id()
          + (to.isEmpty() || to.equals(from)
              ? ""
              : " as well: set keys.master to " + to + "; the next start drops the old wrapping");
    } catch (Failure e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static MasterKey.Source source(
      String reference, Set<String> names, DataDirectory directory) {
    return MasterKeys.source(reference, names, System.getenv(), directory.secret("secrets"));
  }
}
