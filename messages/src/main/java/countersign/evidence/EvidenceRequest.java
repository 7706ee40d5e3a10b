package countersign.evidence;

import countersign.identity.Principal;

/**
 * Somebody asks for a bundle.
 *
 * @param disclose whether content goes in: what was typed and seen, with the keys of those events
 *     alone; otherwise metadata only
 * @param recipient who alone can open the file: an age X25519 recipient, {@code age1…}; empty for a
 *     plain file
 * @param purpose why, 1 to 1,000 characters
 */
public record EvidenceRequest(
    EvidenceScope scope, boolean disclose, String recipient, String purpose, Principal by) {
  private static final int LONGEST_PURPOSE = 1_000;
  private static final int LONGEST_RECIPIENT = 100;

  public EvidenceRequest {
    purpose = purpose.strip();
    recipient = recipient.strip();
    if (purpose.isEmpty() || purpose.length() > LONGEST_PURPOSE) {
      throw new IllegalArgumentException(
          "purpose: "
              + purpose.length()
              + " characters (expected: 1 to "
              + LONGEST_PURPOSE
              + ", why the evidence is needed)");
    }
    if (recipient.length() > LONGEST_RECIPIENT) {
      throw new IllegalArgumentException(
          "recipient: " + recipient.length() + " characters (expected: age1…)");
    }
  }
}
