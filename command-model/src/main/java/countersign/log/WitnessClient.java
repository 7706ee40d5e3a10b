package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Cosignature;
import countersign.verifier.note.Note;
import countersign.verifier.note.SignatureLine;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One witness as the log sees it. {@link #show} is for one thread at a time. */
final class WitnessClient {
  private static final Logger LOG = Logger.getLogger(WitnessClient.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int LONGEST = 64 << 10;

  private final LogSettings.WitnessAddress address;
  private final Path pinned;
  private final HttpClient http;
  private final Tree tree;
  private volatile @Nullable VerifierKey key;
  private long seen;
  private volatile Integrity.Witness standing;
  private volatile @Nullable SignatureLine line;
  private volatile @Nullable String refusal;

  WitnessClient(LogSettings.WitnessAddress address, Path directory, HttpClient http, Tree tree)
      throws IOException {
    this.address = address;
    this.http = http;
    this.tree = tree;
    this.pinned =
        directory.resolve(
            "witness-"
                + HexFormat.of()
                    .formatHex(
                        Hash.leaf(address.url().toString().getBytes(StandardCharsets.UTF_8))
                            .bytes(),
                        0,
                        8)
                + ".vkey");
    Optional<String> known =
        address.key().isEmpty()
            ? DurableText.read(pinned).map(String::strip)
            : Optional.of(address.key());
    if (known.isPresent()) {
      try {
        key = cosigner(known.get());
      } catch (Malformed e) {
        throw new IOException("witnesses: " + address.url() + ": " + e.getMessage(), e);
      }
    }
    VerifierKey now = key;
    this.standing =
        new Integrity.Witness(
            now == null ? address.url().toString() : now.name(), 0, null, "not asked yet");
  }

  private static VerifierKey cosigner(String vkey) throws Malformed {
    VerifierKey read = VerifierKey.parse(vkey);
    if (read.type() != VerifierKey.Type.COSIGNATURE) {
      throw new Malformed("key", vkey, "the key of a witness: type 4");
    }
    return read;
  }

  /** How it stands. */
  Integrity.Witness standing() {
    return standing;
  }

  /** Its key; empty while it was neither named nor asked for. */
  Optional<VerifierKey> known() {
    return Optional.ofNullable(key);
  }

  /** Where it is. */
  URI url() {
    return address.url();
  }

  /** Its line under the checkpoint that it was shown last; empty when it did not cosign that. */
  Optional<SignatureLine> line() {
    return Optional.ofNullable(line);
  }

  /** Why it refused the tree itself, which means that one of both logs is not the true one. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Shows a checkpoint with the proof that it continues what the witness saw. Never throws. */
  void show(Tree.Signed signed) {
    line = null;
    String trouble;
    try {
      trouble = shown(signed);
    } catch (IOException | Malformed | RuntimeException e) {
      trouble = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      trouble = "interrupted";
    }
    stands(signed, trouble);
  }

  private void stands(Tree.Signed signed, String trouble) {
    Integrity.Witness before = standing;
    VerifierKey known = key;
    String name = known == null ? address.url().toString() : known.name();
    SignatureLine given = line;
    standing =
        given == null
            ? new Integrity.Witness(name, before.size(), before.at(), Malformed.shown(trouble))
            : new Integrity.Witness(
                name, signed.checkpoint().size(), Cosignature.time(given.signature()), "");
    if (!standing.trouble().equals(before.trouble())) {
      if (given == null) {
        LOG.warnf("witness=%s cosigned=no why=%s", name, trouble);
      } else {
        LOG.infof("witness=%s cosigned=yes size=%d", name, signed.checkpoint().size());
      }
    }
  }

  /** Returns what kept it from cosigning, empty for nothing. */
  private String shown(Tree.Signed signed) throws IOException, InterruptedException, Malformed {
    VerifierKey known = key();
    long size = signed.checkpoint().size();
    // The witness says what it saw last when we are wrong about it; a second try is enough.
    for (int tries = 0; tries < 2; tries++) {
      HttpResponse<InputStream> answer = ask(signed, size);
      String body = text(answer);
      switch (answer.statusCode()) {
        case 200 -> {
          line = own(known, signed, body);
          seen = size;
          refusal = null;
          return "";
        }
        case 409 -> {
          long told = size(body);
          if (told > size || told == seen && seen > 0) {
            String words =
                told > size
                    ? "has seen %d events of this log, which now has %d signed: it was taken back"
                        .formatted(told, size)
                    : "has seen another tree of %d events".formatted(told);
            refusal = "witness " + known.name() + " " + words;
            return words;
          }
          seen = told;
        }
        case 422 -> {
          refusal =
              "witness %s saw a tree of %d events that this one does not continue"
                  .formatted(known.name(), seen);
          return "saw a tree of " + seen + " events that this one does not continue";
        }
        default -> {
          return "answers " + answer.statusCode();
        }
      }
    }
    return "does not agree with itself about what it saw";
  }

  private HttpResponse<InputStream> ask(Tree.Signed signed, long size)
      throws IOException, InterruptedException, Malformed {
    List<Hash> proof =
        seen == 0 || seen > size ? List.of() : Proofs.consistency(seen, size, tree.nodes());
    AddCheckpoint body = new AddCheckpoint(Math.min(seen, size), proof, Note.parse(signed.note()));
    return http.send(
        HttpRequest.newBuilder(below("/add-checkpoint"))
            .timeout(PATIENCE)
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private static SignatureLine own(VerifierKey key, Tree.Signed signed, String body)
      throws Malformed {
    for (String each : body.split("\n", 16)) {
      if (each.isEmpty()) {
        continue;
      }
      SignatureLine line = SignatureLine.parse(each);
      if (key.claims(line) && key.verify(signed.checkpoint().text(), line)) {
        return line;
      }
    }
    throw new Malformed("witness: no cosignature of its key (expected: " + key + ")");
  }

  private static long size(String body) throws Malformed {
    String text = body.strip();
    if (!text.matches("0|[1-9][0-9]{0,17}")) {
      throw new Malformed("witness: size", text, "a decimal number");
    }
    return Long.parseLong(text);
  }

  /** The key that was named, or the one that the witness gave when it was asked first. */
  private VerifierKey key() throws IOException, InterruptedException, Malformed {
    VerifierKey known = key;
    if (known == null) {
      HttpResponse<InputStream> answer =
          http.send(
              HttpRequest.newBuilder(below("/vkey")).timeout(PATIENCE).GET().build(),
              HttpResponse.BodyHandlers.ofInputStream());
      String body = text(answer);
      if (answer.statusCode() != 200) {
        throw new IOException(
            "its key is not known (expected: witnesses: [{url: …, key: …}] in the configuration)");
      }
      known = cosigner(body.strip());
      DurableText.write(pinned, known + "\n");
      key = known;
      LOG.warnf("witness=%s key=%s pinned (it was not named)", address.url(), known);
    }
    return known;
  }

  private URI below(String path) {
    return URI.create(address.url() + path);
  }

  private static String text(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream in = answer.body()) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
    }
  }
}
