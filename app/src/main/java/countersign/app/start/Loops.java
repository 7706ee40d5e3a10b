package countersign.app.start;

import countersign.edge.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Event loops that share nothing with Quarkus's own, so that neither a caller's bytes nor the log's
 * one writer ever stand behind a read model or a web page.
 */
final class Loops {
  private static final long SECONDS = 5;

  private Loops() {}

  /** Where callers and targets live: a loop for each core. */
  static EventLoopGroup edge() {
    return Transport.best()
        .loops(Runtime.getRuntime().availableProcessors(), new DefaultThreadFactory("edge", true));
  }

  /** Ends them; what still lives on them is cut off. Blocks. */
  static void end(EventLoopGroup loops) {
    loops.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(2 * SECONDS * 1000);
  }

  /** Where the log's writer lives: it is one, so one loop is enough. */
  static Vertx store() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  /** Ends it. Blocks. */
  static void end(Vertx vertx) throws Exception {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the store's event loop: not ended in " + SECONDS + " s", e);
    }
  }
}
