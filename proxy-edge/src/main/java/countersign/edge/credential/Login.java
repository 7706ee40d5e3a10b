package countersign.edge.credential;

import java.util.function.Supplier;

/** Who logs in at a target, and where the password is got from each time it is needed. */
public final class Login {
  private final String username;
  private final Supplier<char[]> password;

  /**
   * Makes it.
   *
   * @param password gives a copy that whoever asked wipes; may read files and may throw
   */
  Login(String username, Supplier<char[]> password) {
    this.username = username;
    this.password = password;
  }

  /** Name of the role. */
  public String username() {
    return username;
  }

  char[] password() {
    return password.get();
  }

  @Override
  public String toString() {
    return "Login[username=" + username + "]";
  }
}
