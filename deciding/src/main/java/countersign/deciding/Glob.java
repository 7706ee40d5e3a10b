package countersign.deciding;

/**
 * Globs over names: {@code *} is any run of characters, {@code ?} any one, everything else itself.
 * Case counts. Linear in the product of the lengths, without recursion or regular expressions.
 */
public final class Glob {
  private Glob() {}

  /** Says whether a name matches. */
  public static boolean matches(String glob, String name) {
    int g = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = n;
      } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == name.charAt(n))) {
        g++;
        n++;
      } else if (star >= 0) {
        g = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    return rest(glob, g);
  }

  /** Says whether a glob matches every name. */
  static boolean everything(String glob) {
    return !glob.isEmpty() && rest(glob, 0);
  }

  private static boolean rest(String glob, int from) {
    for (int i = from; i < glob.length(); i++) {
      if (glob.charAt(i) != '*') {
        return false;
      }
    }
    return true;
  }
}
