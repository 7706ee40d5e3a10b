package countersign.deciding.configuration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** References to secrets resolve only to names that the file lists. */
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
    if (!secrets.contains(name)) {
      mistakes.add(
          reference, value, "a name listed under secrets:" + Mistakes.nearest(name, secrets));
    }
    return value;
  }
}
