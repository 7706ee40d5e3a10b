package countersign.port;

/**
 * Resolves references to secrets on the process that uses them. Only the credential package calls
 * it.
 */
public interface Secrets {

  /**
   * Resolves a reference.
   *
   * @param reference {@code ${env:NAME}} or {@code ${file:NAME}}
   * @return the secret; the caller wipes it after use
   * @throws IllegalArgumentException if the name is not listed under {@code secrets:} or holds
   *     nothing; the message names the reference, never the value
   */
  char[] resolve(String reference);
}
