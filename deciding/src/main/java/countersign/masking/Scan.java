package countersign.masking;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds what is sensitive in values. One pass over the bytes says which detectors can find anything
 * at all; only those look closer. Linear in the length of the value: every detector looks at most a
 * fixed number of bytes around a place. Immutable, thread-safe.
 */
public final class Scan {
  private static final int SHORTEST = 2;

  private final Set<Detector> wanted;

  /** Makes a scan for some detectors. */
  public Scan(Collection<Detector> wanted) {
    this.wanted =
        wanted.isEmpty() ? EnumSet.noneOf(Detector.class) : EnumSet.copyOf(List.copyOf(wanted));
  }

  /** Looks into a value without a name. */
  public List<Found> find(byte[] value) {
    return find(value, value.length, "");
  }

  /**
   * Looks into a value.
   *
   * @param value UTF-8, or any encoding that has ASCII at its place
   * @param length how many bytes of it count
   * @param label what it is called, such as a column's name: context for bare numbers
   * @return what was found, in order, without overlaps; empty for nothing
   */
  public List<Found> find(byte[] value, int length, String label) {
    if (length < SHORTEST || wanted.isEmpty()) {
      return List.of();
    }
    Profile profile = Profile.of(value, length);
    if (!profile.worthwhile()) {
      return List.of();
    }
    Text text = new Text(value, length, label.toLowerCase(Locale.ROOT));
    Spans spans = new Spans();
    for (Detector detector : wanted) {
      look(detector, profile, text, spans);
    }
    return spans.merged();
  }

  private static void look(Detector detector, Profile profile, Text text, Spans spans) {
    switch (detector) {
      case card -> {
        if (profile.longestDigits() >= 12) {
          Cards.find(text, spans);
        }
      }
      case iban -> {
        if (profile.digits() >= 8 && profile.letters() >= 2) {
          Ibans.find(text, spans);
        }
      }
      case ssn -> {
        if (profile.longestDigits() >= 9) {
          SocialSecurity.find(text, spans);
        }
      }
      case email -> {
        if (profile.at()) {
          Emails.find(text, spans);
        }
      }
      case phone -> {
        if (profile.longestDigits() >= 7) {
          Phones.find(text, spans);
        }
      }
      case ip -> {
        if (profile.dots() >= 3 && profile.digits() >= 4 || profile.colons() >= 2) {
          Addresses.find(text, spans);
        }
      }
      case mac -> {
        if (profile.longestHex() >= 12) {
          HardwareAddresses.find(text, spans);
        }
      }
      case secret -> Secrets.find(text, profile, spans);
    }
  }
}
