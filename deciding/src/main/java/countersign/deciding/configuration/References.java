package countersign.deciding.configuration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * References to the environment and to files resolve only to names that the file lists. Those to
 * secrets that people set, and to Vault, name nothing that somebody else left there.
 */
final class References {
  private final Set<String> secrets;
  private final Mistakes mistakes;

  References(Set<String> secrets, Mistakes mistakes) {
    this.secrets = secrets;
    this.mistakes = mistakes;
  }

  /** Returns the reference as written, empty when there is none. */
  String read(@Nullable Part part) {
    if (!(part instanceof Part.Text reference)) {
      return "";
    }
    String value = reference.value();
    String name = value.substring(value.indexOf(':') + 1, value.length() - 1);
    boolean listed = value.startsWith("${env:") || value.startsWith("${file:");
    if (listed && !secrets.contains(name)) {
      mistakes.add(
          reference, value, "a name listed under secrets:" + Mistakes.nearest(name, secrets));
    }
    return value;
  }
}
