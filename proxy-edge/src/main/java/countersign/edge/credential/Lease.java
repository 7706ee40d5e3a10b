package countersign.edge.credential;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A role's name with a random password that nobody else ever has: the target is given what verifies
 * it. Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PASSWORD_BYTES = 32;
  private static final int SALT_BYTES = 16;

  /** PostgreSQL's own number; it matters little for a password of 256 random bits. */
  private static final int ITERATIONS = 4096;

  private final String role;
  private final char[] password;
  private final String verifier;
  private boolean closed;

  private Lease(String role, char[] password, String verifier) {
    this.role = role;
    this.password = password;
    this.verifier = verifier;
  }

  /** Makes one; takes milliseconds, so not on an event loop. */
  static Lease make(String role) {
    byte[] random = new byte[PASSWORD_BYTES];
    RANDOM.nextBytes(random);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(random);
    char[] password = new char[text.length];
    for (int i = 0; i < text.length; i++) {
      password[i] = (char) text[i];
    }
    Arrays.fill(random, (byte) 0);
    Arrays.fill(text, (byte) 0);
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return new Lease(role, password, verifier(password, salt, ITERATIONS));
  }

  /**
   * What PostgreSQL stores of a password, {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:
   * <ServerKey>} (pg_authid.rolpassword; RFC 5802 §3).
   *
   * @param password ASCII, so that SASLprep changes nothing
   */
  static String verifier(char[] password, byte[] salt, int iterations) {
    try {
      PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 256);
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      spec.clearPassword();
      byte[] clientKey = hmac(salted, "Client Key");
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
      byte[] serverKey = hmac(salted, "Server Key");
      Arrays.fill(salted, (byte) 0);
      Arrays.fill(clientKey, (byte) 0);
      Base64.Encoder base64 = Base64.getEncoder();
      return "SCRAM-SHA-256$"
          + iterations
          + ":"
          + base64.encodeToString(salt)
          + "$"
          + base64.encodeToString(storedKey)
          + ":"
          + base64.encodeToString(serverKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("PBKDF2 and HMAC with SHA-256 are part of every JDK", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Name of the role. */
  public String role() {
    return role;
  }

  /** What the target stores in place of the password; who reads it cannot log in with it. */
  public String verifier() {
    return verifier;
  }

  /** Logs in with the password; fails after {@link #close()}. */
  public Login login() {
    return new Login(role, this::copy);
  }

  private synchronized char[] copy() {
    if (closed) {
      throw new IllegalStateException("lease: " + role + " (expected: not yet wiped)");
    }
    return password.clone();
  }

  /** Wipes the password. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(password, '\0');
  }

  @Override
  public String toString() {
    return "Lease[role=" + role + "]";
  }
}
