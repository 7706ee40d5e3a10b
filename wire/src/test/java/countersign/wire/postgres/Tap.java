package countersign.wire.postgres;

import countersign.wire.recording.SegmentCodec.Direction;
import countersign.wire.recording.SegmentCodec.Frame;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Stands between clients and a server that asks for no password, and keeps the last conversation.
 */
final class Tap implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  private final int server;
  private final long begin = System.nanoTime();
  private List<Frame> frames = List.of();
  private Thread last = Thread.ofVirtual().start(() -> {});

  Tap(int server) throws IOException {
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        synchronized (this) {
          List<Frame> kept = new ArrayList<>();
          frames = kept;
          last = Thread.ofVirtual().start(() -> relay(client, kept));
        }
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void relay(Socket client, List<Frame> kept) {
    try (client;
        Socket target = new Socket("127.0.0.1", server)) {
      Thread in = Thread.ofVirtual().start(() -> pump(Direction.in, client, target, kept));
      pump(Direction.out, target, client, kept);
      in.join();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void pump(Direction direction, Socket from, Socket to, List<Frame> kept) {
    byte[] buffer = new byte[16 << 10];
    try {
      InputStream reading = from.getInputStream();
      OutputStream writing = to.getOutputStream();
      for (int n = reading.read(buffer); n > 0; n = reading.read(buffer)) {
        synchronized (kept) {
          long micros = (System.nanoTime() - begin) / 1000;
          kept.add(new Frame(direction, micros, Arrays.copyOf(buffer, n)));
        }
        writing.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException _) {
      // One side is gone: the conversation is over.
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The conversation as it is recorded: without the startup message; times since the beginning. */
  synchronized List<Frame> conversation() throws InterruptedException {
    if (!last.join(Duration.ofSeconds(20))) {
      throw new IllegalStateException("the conversation does not end");
    }
    Frame first = frames.getFirst();
    int startup = Unpooled.wrappedBuffer(first.bytes()).getInt(0);
    byte[] rest = Arrays.copyOfRange(first.bytes(), startup, first.bytes().length);
    List<Frame> recorded = new ArrayList<>(frames.subList(1, frames.size()));
    if (rest.length > 0) {
      recorded.addFirst(new Frame(first.direction(), first.micros(), rest));
    }
    return recorded;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
