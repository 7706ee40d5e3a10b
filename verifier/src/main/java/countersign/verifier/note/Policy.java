package countersign.verifier.note;

import countersign.verifier.Malformed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whom somebody trusts (c2sp.org/tlog-policy): logs, witnesses, and how many of the witnesses must
 * have cosigned. Immutable.
 *
 * <pre>
 * log countersign.example/log+0123abcd+AS…
 * witness siem witness.example/w1+89abcdef+BH…  https://witness.example/
 * group two-of-us 2 siem audit
 * quorum two-of-us
 * </pre>
 */
public final class Policy {
  private static final int LONGEST = 256 * 1024;
  private static final int MOST = 256;
  private static final String NONE = "none";

  private final List<Log> logs = new ArrayList<>();
  private final Map<String, Member> members = new LinkedHashMap<>();
  private String quorum = "";

  /**
   * A log of the policy.
   *
   * @param url where it answers, when the line says
   */
  public record Log(VerifierKey key, Optional<String> url) {}

  /**
   * A witness of the policy.
   *
   * @param name in the policy, not the key's
   * @param url where it takes checkpoints, when the line says
   */
  public record Witness(String name, VerifierKey key, Optional<String> url) {}

  /** What a quorum counts. */
  private sealed interface Member {
    record One(Witness witness) implements Member {}

    record Group(int threshold, List<String> of) implements Member {}
  }

  private Policy() {}

  /** Reads a policy; a mistake names its line. */
  public static Policy parse(byte[] bytes) throws Malformed {
    if (bytes.length > LONGEST) {
      throw new Malformed("policy: " + bytes.length + " bytes (expected: <= " + LONGEST + ")");
    }
    for (byte b : bytes) {
      if (b >= 0 && b < 0x20 && b != '\n' && b != '\t' || b == 0x7f) {
        throw new Malformed("policy: control character (expected: none but tab and line break)");
      }
    }
    Policy policy = new Policy();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      String text = strip(line);
      if (!text.isEmpty() && text.charAt(0) != '#') {
        try {
          policy.read(text.split("[ \t]+"));
        } catch (Malformed e) {
          throw new Malformed("policy line " + number + ": " + e.getMessage());
        }
      }
    }
    if (policy.quorum.isEmpty()) {
      throw new Malformed("policy: no quorum (expected: a line such as quorum none)");
    }
    return policy;
  }

  /** The logs, any one of which may have signed. */
  public List<Log> logs() {
    return List.copyOf(logs);
  }

  /** The witnesses, in their order. */
  public List<Witness> witnesses() {
    List<Witness> witnesses = new ArrayList<>();
    for (Member member : members.values()) {
      if (member instanceof Member.One(Witness witness)) {
        witnesses.add(witness);
      }
    }
    return witnesses;
  }

  /** The name of the witness or group that must have cosigned; {@code none} for nobody. */
  public String quorum() {
    return quorum;
  }

  /**
   * Who vouches for a checkpoint.
   *
   * @param log the log that signed, when one of the policy did
   * @param witnessed when each witness that cosigned did so, by its name in the policy
   * @param quorum whether they are enough
   */
  public record Vouched(Optional<VerifierKey> log, Map<String, Instant> witnessed, boolean quorum) {

    /** Whether the policy accepts the checkpoint. */
    public boolean accepted() {
      return log.isPresent() && quorum;
    }
  }

  /**
   * Checks a checkpoint's signatures. Those of keys that the policy does not know count for
   * nothing.
   *
   * @throws Malformed when a signature claims to be of a known key and is not good, or the note is
   *     no checkpoint
   */
  public Vouched check(Note note) throws Malformed {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Optional<VerifierKey> signed = Optional.empty();
    for (Log log : logs) {
      // A log's key speaks for its own origin only.
      if (log.key.name().equals(checkpoint.origin()) && note.signedBy(log.key)) {
        signed = Optional.of(log.key);
      }
    }
    Map<String, Instant> witnessed = new LinkedHashMap<>();
    for (Witness witness : witnesses()) {
      if (note.signedBy(witness.key)) {
        note.signatures().stream()
            .filter(witness.key::claims)
            .map(line -> Cosignature.time(line.signature()))
            .max(Instant::compareTo)
            .ifPresent(at -> witnessed.put(witness.name, at));
      }
    }
    return new Vouched(signed, witnessed, met(witnessed.keySet()));
  }

  private boolean met(Set<String> witnessed) {
    // A group names only what stands before it, so one pass in order sees every member decided.
    Set<String> met = new LinkedHashSet<>();
    met.add(NONE);
    members.forEach((name, member) -> {
      boolean enough =
          switch (member) {
            case Member.One _ -> witnessed.contains(name);
            case Member.Group(int threshold, List<String> of) ->
                of.stream().filter(met::contains).count() >= threshold;
          };
      if (enough) {
        met.add(name);
      }
    });
    return met.contains(quorum);
  }

  private void read(String[] words) throws Malformed {
    switch (words[0]) {
      case "log" -> log(words);
      case "witness" -> witness(words);
      case "group" -> group(words);
      case "quorum" -> quorum(words);
      default -> throw new Malformed("line", words[0], "log, witness, group or quorum");
    }
    if (logs.size() > MOST || members.size() > MOST) {
      throw new Malformed("too many lines (expected: <= " + MOST + " logs, witnesses and groups)");
    }
  }

  private void log(String[] words) throws Malformed {
    require(words.length == 2 || words.length == 3, words, "log VKEY [URL]");
    VerifierKey key = key(words[1], VerifierKey.Type.NOTE);
    require(logs.stream().noneMatch(log -> same(log.key, key)), words, "a key once only");
    logs.add(new Log(key, words.length == 3 ? Optional.of(words[2]) : Optional.empty()));
  }

  private void witness(String[] words) throws Malformed {
    require(words.length == 3 || words.length == 4, words, "witness NAME VKEY [URL]");
    VerifierKey key = key(words[2], VerifierKey.Type.COSIGNATURE);
    require(witnesses().stream().noneMatch(w -> same(w.key, key)), words, "a key once only");
    Optional<String> url = words.length == 4 ? Optional.of(words[3]) : Optional.empty();
    define(words[1], new Member.One(new Witness(words[1], key, url)));
  }

  private void group(String[] words) throws Malformed {
    require(words.length >= 4, words, "group NAME any|all|K MEMBER...");
    List<String> of = List.of(words).subList(3, words.length);
    require(new LinkedHashSet<>(of).size() == of.size(), words, "a member once only");
    Set<String> listed = new LinkedHashSet<>();
    for (Member member : members.values()) {
      if (member instanceof Member.Group(int _, List<String> inside)) {
        listed.addAll(inside);
      }
    }
    for (String member : of) {
      require(members.containsKey(member), words, "members named before; no " + member);
      require(!listed.contains(member), words, "a member of one group only; not " + member);
    }
    long threshold =
        switch (words[2]) {
          case "any" -> 1;
          case "all" -> of.size();
          default -> Checkpoint.decimal("threshold", words[2]);
        };
    require(threshold >= 1 && threshold <= of.size(), words, "from 1 to the number of members");
    define(words[1], new Member.Group((int) threshold, of));
  }

  private void quorum(String[] words) throws Malformed {
    require(words.length == 2 && quorum.isEmpty(), words, "quorum NAME, once");
    require(words[1].equals(NONE) || members.containsKey(words[1]), words, "a name before it");
    quorum = words[1];
  }

  private void define(String name, Member member) throws Malformed {
    if (name.equals(NONE) || members.putIfAbsent(name, member) != null) {
      throw new Malformed("name", name, "a new name, not none");
    }
  }

  private static VerifierKey key(String vkey, VerifierKey.Type type) throws Malformed {
    VerifierKey key = VerifierKey.parse(vkey);
    if (key.type() != type) {
      throw new Malformed("vkey", vkey, "type 1 for a log, type 4 for a witness");
    }
    return key;
  }

  private static boolean same(VerifierKey one, VerifierKey other) {
    return java.util.Arrays.equals(one.key(), other.key());
  }

  private static void require(boolean holds, String[] words, String expected) throws Malformed {
    if (!holds) {
      throw new Malformed(words[0], String.join(" ", words), expected);
    }
  }

  private static String strip(String line) {
    int from = 0;
    int to = line.length();
    while (from < to && blank(line.charAt(from))) {
      from++;
    }
    while (to > from && blank(line.charAt(to - 1))) {
      to--;
    }
    return line.substring(from, to);
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }
}
