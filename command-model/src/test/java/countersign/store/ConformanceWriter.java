package countersign.store;

import countersign.port.AppendRefused;
import countersign.session.SessionId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A process of the engine's conformance test: writers that append until they are killed, and note
 * every acknowledgement in a file before they go on.
 */
final class ConformanceWriter {
  static final int COUNTERS = 6;
  private final Store store;
  private final FileChannel notes;

  private ConformanceWriter(Store store, FileChannel notes) {
    this.store = store;
    this.notes = notes;
  }

  /** Arguments: port, database, user, file of the password, keys, data, notes, writers. */
  public static void main(String[] arguments) throws Exception {
    StoreSettings settings =
        StoreSettings.local(
            Integer.parseInt(arguments[0]),
            arguments[1],
            arguments[2],
            Files.readString(Path.of(arguments[3])).strip().toCharArray(),
            Path.of(arguments[4]),
            Path.of(arguments[5]));
    FileChannel notes =
        FileChannel.open(
            Path.of(arguments[6]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    ConformanceWriter process = new ConformanceWriter(Store.open(settings, Vertx.vertx()), notes);
    for (int i = 0; i < Integer.parseInt(arguments[7]); i++) {
      Thread.ofVirtual().start(process::write);
    }
    Thread.sleep(3_600_000);
  }

  private void write() {
    while (true) {
      try {
        session();
      } catch (CompletionException refused) {
        pause(); // the session takes no more: another one
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void session() throws IOException {
    SessionId session = SessionId.next();
    for (long seq = 0; seq < 100; ) {
      List<CompletionStage<Long>> answers = new ArrayList<>();
      for (int i = ThreadLocalRandom.current().nextInt(4); i >= 0; i--) {
        answers.add(store.append(Samples.item(session, seq, session + "/" + seq)));
        seq++;
      }
      long at = seq - answers.size();
      for (CompletionStage<Long> answer : answers) {
        note("S " + session + " " + at++ + " " + answer.toCompletableFuture().join());
      }
      if (ThreadLocalRandom.current().nextInt(3) == 0) {
        count(session);
      }
    }
  }

  /** Looks at a counter and adds to it, unless somebody else does first. */
  private void count(SessionId session) throws IOException {
    String tag = "counter=" + ThreadLocalRandom.current().nextInt(COUNTERS);
    Criterion criterion = new Criterion(java.util.Set.of(tag), java.util.Set.of());
    long after = -1;
    while (true) {
      List<StoredEvent> more =
          store.read(after + 1, 1_000, List.of(criterion)).toCompletableFuture().join();
      if (more.isEmpty()) {
        break;
      }
      after = more.getLast().position();
    }
    Item item =
        new Item(
            List.of(
                Draft.of(
                    Samples.decided(session, "after " + after),
                    new countersign.event.KeyScope.OfSession(session),
                    java.util.Set.of(tag))),
            new Condition(after, List.of(criterion)),
            Urgency.decision);
    try {
      note("C " + tag + " " + after + " " + store.append(item).toCompletableFuture().join());
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof AppendRefused refused)
          || refused.reason() != AppendRefused.Reason.condition) {
        throw e;
      }
      note("L " + tag);
    }
  }

  private synchronized void note(String line) throws IOException {
    notes.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
