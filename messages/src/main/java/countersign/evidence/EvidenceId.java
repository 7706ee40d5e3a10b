package countersign.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/** Identifies an evidence bundle: {@code evd-} and 16 letters or digits. */
public record EvidenceId(@JsonValue String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{8,40}");
  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public EvidenceId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "id: " + value + " (expected: " + FORM.pattern() + ", such as evd-7k2m9xw4c8tn5rbj)");
    }
  }

  /** Returns a new id that cannot be guessed. */
  public static EvidenceId next() {
    StringBuilder text = new StringBuilder("evd-");
    for (int i = 0; i < 16; i++) {
      text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new EvidenceId(text.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
