package countersign.verifier.bundle;

import countersign.verifier.note.Note;
import countersign.verifier.note.Policy;
import java.util.Optional;

/**
 * What the verifying person brings along.
 *
 * @param policy whom they trust; without it the bundle's own key is all there is
 * @param since a checkpoint of the log that they kept
 */
public record Trust(Optional<Policy> policy, Optional<Note> since) {}
