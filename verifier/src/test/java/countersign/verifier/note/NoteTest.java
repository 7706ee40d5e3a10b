package countersign.verifier.note;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.Malformed;
import countersign.verifier.tree.Hash;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class NoteTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Signer LOG = signer("log.example/a", VerifierKey.Type.NOTE, 1);
  private static final Signer ONE = signer("w.example/1", VerifierKey.Type.COSIGNATURE, 2);
  private static final Signer TWO = signer("w.example/2", VerifierKey.Type.COSIGNATURE, 3);
  private static final Signer THREE = signer("w.example/3", VerifierKey.Type.COSIGNATURE, 4);

  @Example
  void verifiesTheExampleOfTheSpecification() throws Malformed {
    VerifierKey key =
        VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    String text =
        """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
        """;
    Note note = Note.parse(text);
    assertThat(note.signedBy(key)).isTrue();
    assertThat(note.toString()).isEqualTo(text);
    Note other = Note.parse(text.replace("example message", "example massage"));
    assertThatThrownBy(() -> other.signedBy(key)).isInstanceOf(Malformed.class);
  }

  @Example
  void verifiesTheNoteOfGosChecksumDatabase() throws Malformed {
    // golang.org/x/mod/sumdb/note, package example
    VerifierKey key =
        VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    Note note =
        Note.parse(
            """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
            """);
    assertThat(note.signedBy(key)).isTrue();
  }

  @Example
  void refusesNotesThatHaveTwoReadings() {
    String good = LOG_NOTE.toString();
    for (String bad :
        List.of(
            "",
            "\n",
            "text\n",
            "text\n\n",
            good.substring(0, good.length() - 1),
            good + "\n",
            good + "more",
            good.replace("— ", "- "),
            good.replace("— log", "—  log"),
            good.replace("\n\n", "\n"),
            good.replace("\n\n", "\r\n\r\n"),
            good.replace("log.example/a ", "log.example/a+b "),
            good.replace("=\n\n", "=\n\t\n\n"),
            good.trim() + "\n— x AAAA\n",
            good.trim() + "\n— x AAAAAAA\n",
            good.trim() + "\n— x !!!!!!!!\n",
            good + "— x AAAAAAB=\n".repeat(100))) {
      assertThatThrownBy(() -> Note.parse(bad)).as(bad).isInstanceOf(Malformed.class);
    }
    assertThatThrownBy(() -> Note.parse(new byte[] {'a', (byte) 0xff, '\n', '\n'}))
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Note.parse(new byte[Note.LONGEST + 1])).isInstanceOf(Malformed.class);
  }

  @Example
  void ignoresKeysThatItDoesNotKnow() throws Malformed {
    Note note = LOG_NOTE.with(List.of(ONE.sign(LOG_NOTE.text(), NOW)));
    assertThat(note.signedBy(LOG.verifier())).isTrue();
    assertThat(note.signedBy(ONE.verifier())).isTrue();
    assertThat(note.signedBy(TWO.verifier())).isFalse();
    Signer sameNameOtherKey = signer("log.example/a", VerifierKey.Type.NOTE, 9);
    assertThat(note.signedBy(sameNameOtherKey.verifier())).isFalse();
    assertThat(Cosignature.time(note.signatures().getLast().signature())).isEqualTo(NOW);
  }

  @Example
  void refusesVerifierKeysWithAnotherId() throws Malformed {
    String good = LOG.verifier().toString();
    assertThat(VerifierKey.parse(good)).isEqualTo(LOG.verifier());
    for (String bad :
        List.of(
            "",
            "a+b",
            good.replace("log", "lag"),
            good.substring(0, good.length() - 1),
            good + "A",
            good.replaceFirst("\\+.{8}\\+", "+00000000+"),
            good.replaceFirst("\\+A", "+B"),
            good.replace(
                good.split("\\+")[1],
                good.split("\\+")[1].toUpperCase(java.util.Locale.ROOT) + "0"))) {
      assertThatThrownBy(() -> VerifierKey.parse(bad)).as(bad).isInstanceOf(Malformed.class);
    }
  }

  @Example
  void refusesCheckpointsThatHaveTwoReadings() throws Malformed {
    String root = Hash.leaf(new byte[0]).toString();
    String good = "o\n7\n" + root + "\nextension\n";
    assertThat(Checkpoint.parse(good).text()).isEqualTo(good);
    assertThat(Checkpoint.parse("o\n0\n" + Hash.EMPTY + "\n").size()).isZero();
    for (String bad :
        List.of(
            "o\n7\n",
            "\n7\n" + root + "\n",
            "o\n07\n" + root + "\n",
            "o\n+7\n" + root + "\n",
            "o\n-7\n" + root + "\n",
            "o\n\n" + root + "\n",
            "o\n9223372036854775808\n" + root + "\n",
            "o\n0\n" + root + "\n",
            "o\n7\n" + root,
            "o\n7\n" + root + "\n\nx\n",
            "o\n7\n" + root + "=\n",
            "o\n7\n" + root.replace("=", "") + "\n",
            "o\n7\n" + root.substring(4) + "\n",
            "o\n7\nx" + root + "\n",
            good.replace("\n", "\r\n"))) {
      assertThatThrownBy(() -> Checkpoint.parse(bad)).as(bad).isInstanceOf(Malformed.class);
    }
  }

  @Example
  void countsAQuorumOfGroups() throws Malformed {
    Policy policy =
        Policy.parse(
            ("""
            # who we trust
            log %s https://log.example/
            witness a %s
            \twitness b   %s  https://w.example/
            witness c %s
            group any-of-us any a b
            group both all any-of-us c
            quorum both
            """
                .formatted(LOG.verifier(), ONE.verifier(), TWO.verifier(), THREE.verifier())
                .getBytes(UTF_8)));
    assertThat(policy.check(cosigned()).accepted()).isFalse();
    assertThat(policy.check(cosigned()).log()).contains(LOG.verifier());
    assertThat(policy.check(cosigned(ONE, TWO)).quorum()).isFalse();
    assertThat(policy.check(cosigned(THREE)).quorum()).isFalse();
    assertThat(policy.check(cosigned(TWO, THREE)).accepted()).isTrue();
    assertThat(policy.check(cosigned(TWO, THREE)).witnessed()).containsOnlyKeys("b", "c");
    assertThat(policy.witnesses().get(1).url()).contains("https://w.example/");
    Note forged = new Note(LOG_NOTE.text(), List.of(TWO.sign("other\n", NOW)));
    assertThatThrownBy(() -> policy.check(forged)).isInstanceOf(Malformed.class);
  }

  @Example
  void believesALogForItsOwnOriginOnly() throws Malformed {
    Policy policy = Policy.parse(("log " + LOG.verifier() + "\nquorum none\n").getBytes(UTF_8));
    assertThat(policy.check(LOG_NOTE).accepted()).isTrue();
    String other = new Checkpoint("log.example/b", 1, Hash.EMPTY).text();
    Note note = new Note(other, List.of(LOG.sign(other, NOW)));
    assertThat(policy.check(note).accepted()).isFalse();
  }

  @Example
  void refusesPoliciesThatSayTooLittleOrTwoThings() {
    String log = "log " + LOG.verifier() + "\n";
    String one = "witness a " + ONE.verifier() + "\n";
    for (String bad :
        List.of(
            log,
            log + log + "quorum none\n",
            "quorum none\nquorum none\n",
            "quorum a\n" + one,
            one + one + "quorum a\n",
            one + one.replace("a ", "b ") + "quorum a\n",
            one + "group g any\nquorum g\n",
            one + "group g 2 a\nquorum g\n",
            one + "group g 0 a\nquorum g\n",
            one + "group g any a a\nquorum g\n",
            one + "group g any b\nquorum g\n",
            one + "group g any a\ngroup h any a g\nquorum h\n",
            one + "group none any a\nquorum none\n",
            one + "group a any a\nquorum a\n",
            one.replace("a ", "none ") + "quorum none\n",
            "log " + ONE.verifier() + "\nquorum none\n",
            "witness a " + LOG.verifier() + "\nquorum a\n",
            "trust everybody\nquorum none\n",
            "quorum none\r\n",
            "quorum none\0\n")) {
      assertThatThrownBy(() -> Policy.parse(bad.getBytes(UTF_8)))
          .as(bad)
          .isInstanceOf(Malformed.class);
    }
  }

  @Example
  void readsProofsAndRequestsThatItWrites() throws Malformed {
    List<Hash> hashes = List.of(Hash.EMPTY, Hash.leaf(new byte[1]));
    String proof = new TlogProof(73_894, hashes, LOG_NOTE).toString();
    assertThat(TlogProof.parse(proof.getBytes(UTF_8)).toString()).isEqualTo(proof);
    String add = new AddCheckpoint(12, hashes, LOG_NOTE).toString();
    assertThat(AddCheckpoint.parse(add.getBytes(UTF_8)).toString()).isEqualTo(add);
    String first = new AddCheckpoint(0, List.of(), LOG_NOTE).toString();
    assertThat(AddCheckpoint.parse(first.getBytes(UTF_8)).toString()).isEqualTo(first);
    for (String bad :
        List.of(
            proof.replace("index 73894", "index 073894"),
            proof.replace("@v1\n", "@v1\nextra AA==\n"),
            proof.replace("@v1", "@v2"),
            proof.replaceFirst("\n\n", "\n"),
            proof.replace(
                Hash.EMPTY.toString(), Hash.EMPTY + "\n" + Hash.EMPTY.toString().repeat(2)),
            proof.replace(Hash.EMPTY + "\n", (Hash.EMPTY + "\n").repeat(64)),
            "")) {
      assertThatThrownBy(() -> TlogProof.parse(bad.getBytes(UTF_8)))
          .as(bad)
          .isInstanceOf(Malformed.class);
    }
    for (String bad :
        List.of(
            add.replace("old 12", "old -1"),
            add.replace("old 12", "old"),
            add.replace(Hash.EMPTY + "\n", (Hash.EMPTY + "\n").repeat(64)),
            add.replaceFirst("\n\n", "\n"))) {
      assertThatThrownBy(() -> AddCheckpoint.parse(bad.getBytes(UTF_8)))
          .as(bad)
          .isInstanceOf(Malformed.class);
    }
  }

  /**
   * Whatever one does to one byte, no signature of a known key holds and nothing else is thrown.
   */
  @Property(tries = 500)
  void aChangedByteNeverPasses(@ForAll @IntRange(max = 10_000) int where, @ForAll byte other) {
    byte[] note = cosigned(ONE).toString().getBytes(UTF_8);
    byte[] changed = note.clone();
    changed[where % note.length] = other;
    boolean accepted;
    try {
      Note read = Note.parse(changed);
      accepted = read.signedBy(LOG.verifier()) && read.signedBy(ONE.verifier());
    } catch (Malformed refused) {
      accepted = false;
    }
    assertThat(accepted).isEqualTo(Arrays.equals(note, changed));
  }

  @Property(tries = 500)
  void parsersThrowNothingElse(@ForAll byte[] bytes, @ForAll String text) {
    for (byte[] input : List.of(bytes, text.getBytes(UTF_8))) {
      for (Parser parser :
          List.<Parser>of(
              Note::parse,
              Policy::parse,
              TlogProof::parse,
              AddCheckpoint::parse,
              b -> VerifierKey.parse(new String(b, UTF_8)),
              b -> Checkpoint.parse(new String(b, UTF_8)))) {
        assertThatCode(
                () -> {
                  try {
                    parser.parse(input);
                  } catch (Malformed expected) {
                    return;
                  }
                })
            .doesNotThrowAnyException();
      }
    }
  }

  @Example
  void neverShowsTheKeyItSignsWith() {
    assertThat(LOG.toString()).isEqualTo("Signer[" + LOG.verifier() + "]");
  }

  @FunctionalInterface
  private interface Parser {
    void parse(byte[] bytes) throws Malformed;
  }

  private static final Note LOG_NOTE = logNote();

  private static Note logNote() {
    String text = new Checkpoint("log.example/a", 7, Hash.leaf(new byte[1])).text();
    return new Note(text, List.of(LOG.sign(text, NOW)));
  }

  private static Note cosigned(Signer... witnesses) {
    return LOG_NOTE.with(Arrays.stream(witnesses).map(w -> w.sign(LOG_NOTE.text(), NOW)).toList());
  }

  private static Signer signer(String name, VerifierKey.Type type, int seed) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) seed);
    return Signer.of(name, type, bytes);
  }
}
