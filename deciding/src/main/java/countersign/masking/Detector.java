package countersign.masking;

/** What a detector finds; the words of {@code detect:} in the configuration. */
public enum Detector {
  /** Payment card numbers: issuer, length and check digit are right. */
  card,
  /** Bank account numbers (ISO 13616): country, length and check digits are right. */
  iban,
  /** US social security numbers that can have been issued. */
  ssn,
  /** Mail addresses. */
  email,
  /** Phone numbers, written internationally or the North American way. */
  phone,
  /** IPv4 and IPv6 addresses. */
  ip,
  /** Hardware addresses (EUI-48). */
  mac,
  /** Keys, tokens, private keys and passwords in connection strings. */
  secret
}
