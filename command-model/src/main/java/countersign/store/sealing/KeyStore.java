package countersign.store.sealing;

import countersign.event.KeyScope;
import countersign.event.TimeOrderedId;
import countersign.session.SessionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The keys that seal events, in files outside of PostgreSQL, because a deleted row stays in
 * write-ahead log and backups. {@link Epoch} says what the files hold.
 *
 * <p>Keys are appended by any number of processes; a key counts only once it is fsynced. Erasing
 * writes the surviving keys under the key of a new epoch and destroys the old epoch, so that what
 * was wrapped under it stays shut wherever an old file may still be. It costs a few microseconds
 * for each key that there is.
 *
 * <p>Thread-safe. Fsyncs are shared by all keys that wait.
 */
public final class KeyStore implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(KeyStore.class);
  private static final CompletableFuture<Void> DURABLE = CompletableFuture.completedFuture(null);

  private final Path directory;
  private final KeyFiles files;
  private final MasterKey master;
  private final Map<String, SealingKey> byScope = new ConcurrentHashMap<>();
  private final Map<UUID, SealingKey> byId = new ConcurrentHashMap<>();
  private final Set<String> goneScopes = ConcurrentHashMap.newKeySet();
  private final Set<UUID> goneIds = ConcurrentHashMap.newKeySet();
  private final LinkedBlockingQueue<Fresh> fresh = new LinkedBlockingQueue<>();
  private final Thread writer;

  /** These change together, under the monitor and, when files change as well, the guard. */
  private Epoch epoch;

  private FileChannel channel;
  private long readUpTo;
  private volatile boolean closed;

  private record Fresh(UUID id, String scope, byte[] key, CompletableFuture<Void> durable) {}

  private KeyStore(Path directory, KeyFiles files, MasterKey master, Epoch epoch)
      throws IOException {
    this.directory = directory;
    this.files = files;
    this.master = master;
    this.epoch = epoch;
    this.channel = channel(epoch);
    this.writer = Thread.ofVirtual().name("key-store").unstarted(this::write);
  }

  /**
   * Opens the key store of a directory, made when absent. What an erasure that a crash ended has
   * left is destroyed first.
   *
   * @throws IOException when it cannot be read, or belongs to another master key
   */
  public static KeyStore open(Path directory, MasterKey master) throws IOException {
    return open(directory, master, _ -> {});
  }

  /** The same, told before each step that changes a file. */
  static KeyStore open(Path directory, MasterKey master, Consumer<String> step) throws IOException {
    KeyFiles files = KeyFiles.in(directory, step);
    try (KeyGuard _ = KeyGuard.take(directory)) {
      KeyStore store = new KeyStore(directory, files, master, Epoch.open(files, master));
      store.readNew();
      store.writer.start();
      return store;
    }
  }

  /**
   * Returns the key for new events of a scope, made when there is none. Check {@link
   * SealingKey#durable()} before anything sealed with it is appended.
   *
   * @throws ScopeErased when the scope was erased: nothing is sealed for it any more
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

  /** Finds a session's key without making one; empty when there is none, or it was erased. */
  public Optional<SealingKey> existing(SessionId session) {
    return Optional.ofNullable(byScope.get(session.toString()));
  }

  /** Finds the key of an event; empty when it was erased or lost. */
  public Optional<SealingKey> find(UUID id) {
    SealingKey known = byId.get(id);
    if (known == null && !goneIds.contains(id)) {
      try {
        refresh();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      known = byId.get(id);
    }
    return Optional.ofNullable(known);
  }

  /** Whether a key that is not there was erased; otherwise it is lost, or was never ours. */
  public boolean erased(UUID id) {
    return goneIds.contains(id);
  }

  /** Whether a session's keys were erased. */
  public boolean erased(SessionId session) {
    return goneScopes.contains(session.toString());
  }

  /**
   * Destroys the keys of these sessions and drops them from memory. Idempotent; a session that has
   * no key gets none any more.
   *
   * @return how many keys were destroyed by this call
   * @throws IOException when they may not all be gone: to be called again
   */
  public synchronized int erase(Set<SessionId> sessions) throws IOException {
    Set<String> scopes =
        sessions.stream().map(SessionId::toString).collect(Collectors.toCollection(HashSet::new));
    try (KeyGuard _ = KeyGuard.take(directory)) {
      // Destroys also what an erasure that failed half way has left.
      enter(Epoch.open(files, master));
      readNew();
      scopes.removeAll(goneScopes);
      if (scopes.isEmpty()) {
        return 0;
      }
      goneScopes.addAll(scopes); // from here on nothing is sealed for them
      Epoch.Next next = epoch.next(files, master, scopes);
      enter(next.epoch());
      readNew();
      return (int) next.gone().stream().filter(gone -> gone.id() != null).count();
    } catch (IOException | RuntimeException e) {
      goneScopes.removeAll(scopes); // the files say it, to the next who looks
      throw e;
    }
  }

  /** Ends the writing of keys; keys that wait fail. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(2_000);
      synchronized (this) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.warnf("keys=not closed error=%s", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SealingKey make(String scope) {
    if (goneScopes.contains(scope)) {
      throw new ScopeErased(scope);
    }
    UUID id = TimeOrderedId.next();
    byte[] key = Wrapping.fresh();
    CompletableFuture<Void> durable = new CompletableFuture<>();
    SealingKey made = new SealingKey(id, key, durable);
    byId.put(id, made);
    fresh.add(new Fresh(id, scope, key, durable));
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
        append(group);
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

  private synchronized void append(List<Fresh> group) throws IOException {
    try (KeyGuard _ = KeyGuard.take(directory)) {
      enterEpochInForce();
      StringBuilder lines = new StringBuilder();
      List<Fresh> written = new ArrayList<>(group.size());
      for (Fresh one : group) {
        if (goneScopes.contains(one.scope)) {
          one.durable.completeExceptionally(new IOException(one.scope + ": was erased"));
        } else {
          lines.append(epoch.line(one.id, one.scope, one.key));
          written.add(one);
        }
      }
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(lines.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
      written.forEach(f -> f.durable.complete(null));
    }
  }

  private synchronized void refresh() throws IOException {
    if (epoch.inForce(files)) {
      readNew();
      return;
    }
    try (KeyGuard _ = KeyGuard.take(directory)) {
      enterEpochInForce();
      readNew();
    }
  }

  /** Another process may have erased. */
  private void enterEpochInForce() throws IOException {
    if (!epoch.inForce(files)) {
      enter(Epoch.open(files, master));
      readNew();
    }
  }

  private void enter(Epoch other) throws IOException {
    if (other.number() != epoch.number()) {
      FileChannel before = channel;
      channel = channel(other);
      epoch = other;
      readUpTo = 0;
      before.close();
    }
  }

  private FileChannel channel(Epoch of) throws IOException {
    return FileChannel.open(
        files.path(of.keys()), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  /** Reads whole lines that this or another process appended since the last time. */
  private synchronized void readNew() throws IOException {
    try (FileChannel in = FileChannel.open(files.path(epoch.keys()), StandardOpenOption.READ)) {
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

  private void readLine(String text) {
    switch (Epoch.line(text)) {
      case Epoch.Line.Key line -> {
        if (!byId.containsKey(line.id())) {
          read(line);
        }
      }
      case Epoch.Line.Gone(var id, var scope) -> {
        goneScopes.add(scope);
        byScope.remove(scope);
        if (id != null) {
          goneIds.add(id);
          byId.remove(id);
        }
      }
      case null -> {} // the head, or a line torn by a crash, with whose key nothing was sealed
    }
  }

  private void read(Epoch.Line.Key line) {
    try {
      SealingKey read = new SealingKey(line.id(), epoch.unwrap(line), DURABLE);
      byId.put(line.id(), read);
      byScope.putIfAbsent(line.scope(), read);
    } catch (IOException torn) {
      LOG.warnf("keys=line unreadable id=%s", line.id());
    }
  }

  private static String name(KeyScope scope) {
    return switch (scope) {
      case KeyScope.OfSession(var session) -> session.toString();
      case KeyScope.OfStore() -> "store";
    };
  }
}
