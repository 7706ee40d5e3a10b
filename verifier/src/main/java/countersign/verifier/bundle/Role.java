package countersign.verifier.bundle;

import countersign.verifier.Malformed;

/** What a file of a bundle is for. */
public enum Role {
  /** The log: checkpoint, keys, tiles, proofs. Checked. */
  log,
  /** Leaves and what they commit to. Checked. */
  events,
  /** Recorded bytes and their index. Checked against the events. */
  recording,
  /** The same bytes in a form for other programs. Bound by the manifest, not recomputed. */
  replay,
  /** The duties in force. Bound by the manifest. */
  duties,
  /** Sums and lists. The counts are recomputed, others are bound by the manifest. */
  report,
  /** For people. */
  reading;

  static Role parse(String name) throws Malformed {
    for (Role role : values()) {
      if (role.name().equals(name)) {
        return role;
      }
    }
    throw new Malformed("role", name, "log, events, recording, replay, duties, report or reading");
  }
}
