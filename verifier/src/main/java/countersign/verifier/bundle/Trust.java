package countersign.verifier.bundle;

import countersign.verifier.note.Note;
import countersign.verifier.note.Policy;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What the verifying person brings along.
 *
 * @param policy whom they trust; without it the bundle's own key is all there is
 * @param since a checkpoint of the log that they kept
 * @param authorities roots of the time stamping authorities that they trust; when there are some,
 *     the checkpoint must be stamped by one of theirs
 */
public record Trust(
    Optional<Policy> policy, Optional<Note> since, List<X509Certificate> authorities) {

  public Trust {
    authorities = List.copyOf(authorities);
  }

  /** Trust in no time stamping authority in particular. */
  public Trust(Optional<Policy> policy, Optional<Note> since) {
    this(policy, since, List.of());
  }
}
