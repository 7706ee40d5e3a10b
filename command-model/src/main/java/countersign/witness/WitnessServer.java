package countersign.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * A witness over HTTP: {@code POST /add-checkpoint}, and to read {@code GET /checkpoint} (what it
 * cosigned last) and {@code GET /vkey} (its key).
 */
public final class WitnessServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WitnessServer.class);
  private static final int LONGEST = 64 << 10;
  private static final int AT_A_TIME = 64;

  static {
    // Bounds of the JDK's server, in seconds: a caller that does not finish is let go.
    System.setProperty("sun.net.httpserver.maxReqTime", "20");
    System.setProperty("sun.net.httpserver.maxRspTime", "20");
  }

  private final Witness witness;
  private final HttpServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore free = new Semaphore(AT_A_TIME);

  private WitnessServer(Witness witness, HttpServer server) {
    this.witness = witness;
    this.server = server;
  }

  /** Listens; port 0 for any. */
  public static WitnessServer start(Witness witness, InetSocketAddress address) throws IOException {
    WitnessServer started = new WitnessServer(witness, HttpServer.create(address, 0));
    started.server.setExecutor(started.workers);
    started.server.createContext("/", started::answer);
    started.server.start();
    return started;
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** The witness's key. */
  public String vkey() {
    return witness.key().toString();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!free.tryAcquire()) {
        send(exchange, new Witness.Answer(503, "text/plain", "busy\n"));
        return;
      }
      try {
        send(exchange, answered(exchange));
      } finally {
        free.release();
      }
    }
  }

  private Witness.Answer answered(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    return switch (asked) {
      case "POST /add-checkpoint" -> add(exchange);
      case "GET /checkpoint" ->
          witness
              .newest()
              .map(note -> new Witness.Answer(200, "text/plain; charset=utf-8", note))
              .orElse(new Witness.Answer(404, "text/plain", "nothing cosigned yet\n"));
      case "GET /vkey" ->
          new Witness.Answer(200, "text/plain; charset=utf-8", witness.key() + "\n");
      default -> new Witness.Answer(404, "text/plain", "not found\n");
    };
  }

  private Witness.Answer add(HttpExchange exchange) throws IOException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(LONGEST + 1);
    }
    if (body.length > LONGEST) {
      return new Witness.Answer(413, "text/plain", "body: (expected: at most 64 KiB)\n");
    }
    try {
      Witness.Answer answer = witness.addCheckpoint(body);
      LOG.infof("add-checkpoint status=%d answer=%s", answer.status(), answer.body().strip());
      return answer;
    } catch (IOException e) {
      LOG.errorf("add-checkpoint not remembered: %s", e.getMessage());
      return new Witness.Answer(500, "text/plain", "not remembered, so not cosigned\n");
    }
  }

  private static void send(HttpExchange exchange, Witness.Answer answer) throws IOException {
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(1);
    workers.shutdown();
  }
}
