package countersign.store.sealing;

import countersign.event.KeyScope;
import countersign.event.TimeOrderedId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keys that seal events, in a file outside of PostgreSQL, because a deleted row stays in
 * write-ahead log and backups.
 *
 * <p>{@code epoch-00000001.keys} is text. Its first line holds the epoch's key wrapped under the
 * master key; every other one {@code key ID SCOPE WRAPPED}: a key wrapped under the epoch's. Lines
 * are appended by any number of processes, each write begins with a line break, so a line torn by a
 * crash spoils no other; nothing was sealed with its key, since a key counts only once it is
 * fsynced. Erasing writes a new epoch with the survivors and destroys the old one's file.
 *
 * <p>Thread-safe. Fsyncs are shared by all keys that wait.
 */
public final class KeyStore implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(KeyStore.class);
  private static final String FORMAT = "countersign-keys/1";
  private static final String EPOCH = "epoch-00000001";
  private static final CompletableFuture<Void> DURABLE = CompletableFuture.completedFuture(null);

  private final Path file;
  private final byte[] epochKey;
  private final FileChannel channel;
  private final Map<String, SealingKey> byScope = new ConcurrentHashMap<>();
  private final Map<UUID, SealingKey> byId = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Fresh> fresh = new LinkedBlockingQueue<>();
  private final Thread writer;
  private long readUpTo;
  private volatile boolean closed;

  private record Fresh(String line, CompletableFuture<Void> durable) {}

  private KeyStore(Path file, byte[] epochKey, FileChannel channel) {
    this.file = file;
    this.epochKey = epochKey;
    this.channel = channel;
    this.writer = Thread.ofVirtual().name("key-store").unstarted(this::write);
  }

  /**
   * Opens the key store of a directory, made when absent.
   *
   * @throws IOException when it cannot be read, or belongs to another master key
   */
  public static KeyStore open(Path directory, MasterKey master) throws IOException {
    KeyFiles.makeDirectory(directory);
    Path file = directory.resolve(EPOCH + ".keys");
    byte[] under = master.derive("countersign/epoch/v1");
    if (!Files.exists(file)) {
      String wrapped = Wrapping.wrap(under, EPOCH, Wrapping.fresh());
      String line = FORMAT + " " + EPOCH + " " + wrapped + "\n";
      KeyFiles.makeOnce(directory, EPOCH + ".keys", line.getBytes(StandardCharsets.US_ASCII));
    }
    KeyFiles.requireOurs(file);
    String[] head = firstLine(file).split(" ");
    if (head.length != 3 || !head[0].equals(FORMAT) || !head[1].equals(EPOCH)) {
      throw new IOException(file + ": not a key store (expected: " + FORMAT + ")");
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    KeyStore store = new KeyStore(file, Wrapping.unwrap(under, EPOCH, head[2]), channel);
    store.readNew();
    store.writer.start();
    return store;
  }

  /**
   * Returns the key for new events of a scope, made when there is none. Check {@link
   * SealingKey#durable()} before anything sealed with it is appended.
   */
  public SealingKey keyFor(KeyScope scope) {
    String name = name(scope);
    SealingKey known = byScope.get(name);
    return known != null ? known : byScope.computeIfAbsent(name, this::make);
  }

  /** Forgets a key that never became durable, so that the next event of its scope gets another. */
  public void forget(KeyScope scope, SealingKey key) {
    if (byScope.remove(name(scope), key)) {
      byId.remove(key.id());
    }
  }

  /** Finds the key of an event; empty when it was erased. */
  public Optional<SealingKey> find(UUID id) {
    SealingKey known = byId.get(id);
    if (known == null) {
      try {
        readNew();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      known = byId.get(id);
    }
    return Optional.ofNullable(known);
  }

  /** Ends the writing of keys; keys that wait fail. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(2_000);
      channel.close();
    } catch (IOException e) {
      LOG.warnf("keys=not closed error=%s", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SealingKey make(String scope) {
    UUID id = TimeOrderedId.next();
    byte[] key = Wrapping.fresh();
    CompletableFuture<Void> durable = new CompletableFuture<>();
    SealingKey made = new SealingKey(id, key, durable);
    byId.put(id, made);
    String wrapped = Wrapping.wrap(epochKey, bound(id, scope), key);
    Fresh line = new Fresh("\nkey " + id + " " + scope + " " + wrapped + "\n", durable);
    fresh.add(line);
    if (closed) {
      durable.completeExceptionally(new IOException("the key store is closed"));
    }
    return made;
  }

  private void write() {
    List<Fresh> group = new ArrayList<>();
    while (!closed) {
      try {
        group.add(fresh.take());
        fresh.drainTo(group);
        StringBuilder lines = new StringBuilder();
        group.forEach(f -> lines.append(f.line));
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(lines.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(false);
        group.forEach(f -> f.durable.complete(null));
      } catch (IOException e) {
        LOG.errorf("keys=not durable count=%d error=%s", (Object) group.size(), e.getMessage());
        group.forEach(f -> f.durable.completeExceptionally(e));
      } catch (InterruptedException end) {
        fresh.drainTo(group);
        IOException why = new IOException("the key store is closed");
        group.forEach(f -> f.durable.completeExceptionally(why));
      }
      group.clear();
    }
  }

  /** Reads whole lines that this or another process appended since the last time. */
  private synchronized void readNew() throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = in.size() - readUpTo;
      if (length <= 0) {
        return;
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, Integer.MAX_VALUE - 8));
      in.position(readUpTo);
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        continue;
      }
      String text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
      int whole = text.lastIndexOf('\n') + 1;
      channel.force(
          false); // what another process wrote may not be durable yet, and we seal with it
      text.substring(0, whole).lines().forEach(this::readLine);
      readUpTo += whole;
    }
  }

  private void readLine(String line) {
    String[] words = line.split(" ");
    if (words.length != 4 || !words[0].equals("key")) {
      return; // the head, or a line torn by a crash, with whose key nothing was sealed
    }
    try {
      UUID id = UUID.fromString(words[1]);
      if (!byId.containsKey(id)) {
        byte[] key = Wrapping.unwrap(epochKey, bound(id, words[2]), words[3]);
        SealingKey read = new SealingKey(id, key, DURABLE);
        byId.put(id, read);
        byScope.putIfAbsent(words[2], read);
      }
    } catch (IOException | IllegalArgumentException torn) {
      LOG.warnf("keys=line unreadable id=%s", words[1]);
    }
  }

  private static String bound(UUID id, String scope) {
    return EPOCH + "/" + id + "/" + scope;
  }

  private static String name(KeyScope scope) {
    return switch (scope) {
      case KeyScope.OfSession(var session) -> session.toString();
      case KeyScope.OfStore() -> "store";
    };
  }

  private static String firstLine(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      @Nullable String line = reader.readLine();
      return line == null ? "" : line;
    }
  }
}
