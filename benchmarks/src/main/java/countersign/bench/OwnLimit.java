package countersign.bench;

import countersign.store.Store;
import countersign.store.StoreSettings;
import countersign.store.postgres.EmbeddedPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What bounds reads by the loss contract {@code statement}: nobody's answer leaves before its
 * decision is durable, so no more reads end in a second than a store takes events from as many
 * sessions, with nothing else to do.
 */
final class OwnLimit implements AutoCloseable {
  private static final int BYTES = 300;

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private final Vertx vertx;
  private final Store store;

  private OwnLimit(Path folder, EmbeddedPostgres postgres, Vertx vertx, Store store) {
    this.folder = folder;
    this.postgres = postgres;
    this.vertx = vertx;
    this.store = store;
  }

  static OwnLimit open() throws Exception {
    Path folder = Files.createTempDirectory("countersign-bench-");
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(folder.resolve("postgres"), Scratch.freePort(), Map.of());
    StoreSettings settings = Scratch.emptyLog(postgres, folder);
    Vertx vertx = Vertx.vertx();
    return new OwnLimit(folder, postgres, vertx, Store.open(settings, vertx));
  }

  void warmUp(int seconds) throws InterruptedException {
    AppendLoad.events(store, 32, BYTES, seconds);
  }

  double perSecond(int sessions, int seconds) throws InterruptedException {
    return AppendLoad.events(store, sessions, BYTES, seconds).perSecond();
  }

  @Override
  public void close() throws IOException {
    store.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    postgres.close();
    Scratch.delete(folder);
  }
}
