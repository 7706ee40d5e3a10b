package countersign.deciding.configuration;

import java.util.List;

/** Everything that is wrong with a configuration file. Holds no secret. */
public final class ConfigurationErrors extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final List<String> errors;

  ConfigurationErrors(List<String> errors) {
    super(String.join(System.lineSeparator(), errors), null, false, false);
    this.errors = List.copyOf(errors);
  }

  /** Each as {@code file:line: path: value (expected: …)}, in order of lines; never empty. */
  public List<String> errors() {
    return errors;
  }
}
