package countersign.log;

import countersign.log.Integrity.Kind;
import countersign.log.Verification.Finding;
import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.SignatureLine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes checkpoints: shows each to the witnesses, at once or five seconds after the one before,
 * and serves it with the lines of those that cosigned it. A witness that does not answer delays a
 * checkpoint by five seconds at most, and its line is left out.
 */
final class Witnesses implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Witnesses.class);
  private static final long BETWEEN_MILLIS = 5_000;
  private static final String FILE = "checkpoint";

  private final LogSettings settings;
  private final Problems problems;
  private final List<WitnessClient> clients;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private final Path file;
  private volatile Tree.@Nullable Signed newest;
  private volatile @Nullable String published;
  private volatile boolean closed;

  Witnesses(Tree tree, LogSettings settings, Problems problems) throws IOException {
    this.settings = settings;
    this.problems = problems;
    this.file = settings.directory().resolve(FILE);
    List<WitnessClient> made = new ArrayList<>();
    for (LogSettings.WitnessAddress address : settings.witnesses()) {
      made.add(new WitnessClient(address, settings.directory(), http, tree));
    }
    this.clients = List.copyOf(made);
    this.thread = Thread.ofVirtual().name("log-witnesses").unstarted(this::run);
    Tree.Signed signed = tree.signed();
    if (signed != null) {
      newest = signed;
      published = DurableText.read(file).filter(this::isOurs).orElse(signed.note());
    }
  }

  /** What was published before is served again after a start, unless it is not of this log. */
  private boolean isOurs(String note) {
    Tree.Signed signed = newest;
    try {
      Checkpoint head = Checkpoint.parse(Note.parse(note).text());
      return signed != null
          && head.origin().equals(signed.checkpoint().origin())
          && head.size() <= signed.checkpoint().size();
    } catch (Malformed e) {
      LOG.warnf("checkpoint=file not readable error=%s", e.getMessage());
      return false;
    }
  }

  void start() {
    if (!clients.isEmpty()) {
      thread.start();
      news.release();
    }
  }

  /** The checkpoint to serve; empty before the first. */
  Optional<String> published() {
    return Optional.ofNullable(published);
  }

  /** Whether a checkpoint that was published here has the lines of as many as must cosign. */
  boolean cosigned(String note) {
    try {
      return Note.parse(note).signatures().size() - 1 >= settings.needed(); // one is the log's
    } catch (Malformed e) {
      throw new IllegalArgumentException("checkpoint: (expected: one that was published)", e);
    }
  }

  /** How each witness stands. */
  List<Integrity.Witness> standing() {
    return clients.stream().map(WitnessClient::standing).toList();
  }

  /**
   * The policy by which this log is run, as c2sp.org/tlog-policy writes it: every witness whose key
   * is known, and how many of them must cosign.
   *
   * @param vkey the log's key
   * @return empty when fewer are known than are needed
   */
  Optional<String> policy(String vkey) {
    StringBuilder policy = new StringBuilder("log ").append(vkey).append('\n');
    List<String> names = new ArrayList<>();
    for (WitnessClient client : clients) {
      client
          .known()
          .ifPresent(key -> {
            names.add("w" + (names.size() + 1));
            policy.append("witness %s %s %s\n".formatted(names.getLast(), key, client.url()));
          });
    }
    if (names.size() < settings.needed()) {
      return Optional.empty();
    }
    if (settings.needed() == 0) {
      return Optional.of(policy.append("quorum none\n").toString());
    }
    return Optional.of(
        policy
            .append("group witnesses %d %s\n".formatted(settings.needed(), String.join(" ", names)))
            .append("quorum witnesses\n")
            .toString());
  }

  /** A new checkpoint was signed. */
  void signed(Tree.Signed signed) {
    newest = signed;
    if (clients.isEmpty()) {
      published = signed.note();
    } else {
      news.release();
    }
  }

  private void run() {
    try {
      while (!closed) {
        news.acquire();
        news.drainPermits();
        Tree.Signed signed = newest;
        if (closed || signed == null) {
          continue;
        }
        long began = System.nanoTime();
        boolean all = round(signed);
        long rest = BETWEEN_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        Thread.sleep(Math.max(100, rest));
        if (!all) {
          news.release();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Shows a checkpoint to all of them at once; true when each cosigned. */
  private boolean round(Tree.Signed signed) throws InterruptedException {
    List<Thread> asking = new ArrayList<>();
    for (WitnessClient client : clients) {
      asking.add(Thread.ofVirtual().start(() -> client.show(signed)));
    }
    for (Thread each : asking) {
      each.join();
    }
    List<SignatureLine> lines = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (WitnessClient client : clients) {
      client.line().ifPresent(lines::add);
      client.refusal().ifPresent(words -> findings.add(new Finding(Kind.witness, -1, words)));
    }
    publish(signed, lines);
    problems.set(Problems.Source.witnesses, findings);
    if (lines.size() < settings.needed()) {
      LOG.warnf(
          "checkpoint=published size=%d cosigned=%d needed=%d",
          signed.checkpoint().size(), lines.size(), settings.needed());
    }
    return lines.size() == clients.size();
  }

  private void publish(Tree.Signed signed, List<SignatureLine> lines) {
    try {
      String note = Note.parse(signed.note()).with(lines).toString();
      DurableText.write(file, note);
      published = note;
    } catch (Malformed e) {
      throw new IllegalStateException("what was signed is a note", e);
    } catch (IOException e) {
      LOG.errorf("checkpoint=not published error=%s", e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    http.shutdownNow();
  }
}
