package countersign.app.identity;

import countersign.port.Secrets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${secret:NAME}} to what was set by that name, {@code ${env:NAME}} and {@code
 * ${file:NAME}} to the names that the configuration lists under {@code secrets:}, and nothing else.
 * A file is {@code NAME} itself when that is an absolute path, else {@code NAME} in the directory
 * of secrets; it must be a regular file that only its owner can read or write (0600 or stricter).
 * One line break at its end is not part of the secret. Thread-safe; reads anew on every call, so a
 * rotated secret is used at the next dial.
 */
public final class ReferencedSecrets implements Secrets {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(env|file|secret):([A-Za-z0-9_./-]{1,255})}");
  private static final long MOST_BYTES = 64 << 10;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Supplier<Set<String>> names;
  private final Map<String, String> environment;
  private final Path directory;
  private final Sealed sealed;

  /** The secrets that people set. */
  @FunctionalInterface
  public interface Sealed {
    /** No secret can be set yet: the store that keeps them is not open. */
    Sealed NONE = _ -> Optional.empty();

    /** Reads one; empty when none of that name was set. */
    Optional<char[]> read(String name) throws IOException;
  }

  /**
   * Secrets of one process.
   *
   * @param names the names listed under {@code secrets:}, asked for at each call
   * @param environment environment variables
   * @param directory where names that are no absolute path are looked for
   * @param sealed secrets that people set
   */
  public ReferencedSecrets(
      Supplier<Set<String>> names, Map<String, String> environment, Path directory, Sealed sealed) {
    this.sealed = sealed;
    this.names = names;
    this.environment = environment;
    this.directory = directory;
  }

  @Override
  public char[] resolve(String reference) {
    Matcher form = REFERENCE.matcher(reference);
    if (!form.matches()) {
      // What stands here may be a password typed where a reference belongs: it is not repeated.
      throw new IllegalArgumentException(
          "secret: not a reference (expected: ${env:NAME}, ${file:NAME} or ${secret:NAME})");
    }
    String name = form.group(2);
    if (form.group(1).equals("secret")) {
      return ofSealed(reference, name);
    }
    if (!names.get().contains(name)) {
      throw new IllegalArgumentException(
          "secret: " + reference + " (expected: a name listed under secrets:)");
    }
    return form.group(1).equals("env") ? ofEnvironment(reference, name) : ofFile(reference, name);
  }

  private char[] ofSealed(String reference, String name) {
    try {
      return sealed
          .read(name)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "secret: "
                      + reference
                      + " was not set (expected: countersign secret set "
                      + name
                      + ")"));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "secret: " + reference + " cannot be read: " + e.getMessage(), e);
    }
  }

  private char[] ofEnvironment(String reference, String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "secret: " + reference + " (expected: the environment variable " + name + " to be set)");
    }
    return value.toCharArray();
  }

  private char[] ofFile(String reference, String name) {
    Path base = directory.toAbsolutePath().normalize();
    Path file = base.resolve(name).normalize();
    if (!Path.of(name).isAbsolute() && !file.startsWith(base)) {
      throw new IllegalArgumentException(
          "secret: " + reference + " (expected: a name inside " + base + ")");
    }
    byte[] bytes = new byte[0];
    try {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(
            "secret: " + reference + " (expected: a file at " + file + ")");
      }
      if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
        throw new IllegalArgumentException(
            "secret: " + reference + " can be read by others (expected: chmod 600 " + file + ")");
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new IllegalArgumentException(
            "secret: " + reference + " (expected: at most " + MOST_BYTES + " bytes)");
      }
      bytes = Files.readAllBytes(file);
      return decode(reference, bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "secret: " + reference + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static char[] decode(String reference, byte[] bytes) {
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException _) {
      throw new IllegalArgumentException("secret: " + reference + " (expected: UTF-8 text)");
    }
    int end = text.limit();
    if (end > 0 && text.get(end - 1) == '\n') {
      end--;
      if (end > 0 && text.get(end - 1) == '\r') {
        end--;
      }
    }
    char[] secret = new char[end];
    text.get(secret);
    if (text.hasArray()) {
      Arrays.fill(text.array(), '\0');
    }
    if (end == 0) {
      throw new IllegalArgumentException(
          "secret: " + reference + " (expected: a value, found none)");
    }
    return secret;
  }
}
