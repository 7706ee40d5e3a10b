package countersign.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between client and edge, without TLS, and counts what a recording has to hold: the
 * caller's bytes after its password, the target's from AuthenticationOk on (PostgreSQL protocol
 * 3.0, cleartext password).
 */
final class RelayedBytes implements AutoCloseable {
  /** AuthenticationCleartextPassword. */
  private static final int ASKED = 9;

  private final ServerSocket listening;
  private final int edge;
  private final AtomicLong counted = new AtomicLong();
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

  RelayedBytes(int edge) throws IOException {
    this.edge = edge;
    this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Bytes of both directions of connections that have ended. */
  long count() throws InterruptedException {
    for (int i = 0; i < threads.size(); i++) {
      if (i > 0) { // the first one accepts
        threads.get(i).join();
      }
    }
    return counted.get();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void start(Work work) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                work.run();
              } catch (IOException e) {
                // An end of a connection.
              }
            }));
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      Socket target = new Socket(InetAddress.getLoopbackAddress(), edge);
      client.setTcpNoDelay(true);
      target.setTcpNoDelay(true);
      start(() -> in(client, target));
      start(() -> out(target, client));
    }
  }

  private void in(Socket client, Socket target) throws IOException {
    InputStream from = client.getInputStream();
    OutputStream to = target.getOutputStream();
    to.write(message(from, 0));
    to.write(message(from, 1));
    relay(from, to);
    target.shutdownOutput();
  }

  /** One message: {@code kind} bytes of type, its length, its body. */
  private static byte[] message(InputStream from, int kind) throws IOException {
    byte[] head = from.readNBytes(kind + 4);
    int length = ByteBuffer.wrap(head).getInt(kind);
    byte[] whole = java.util.Arrays.copyOf(head, kind + length);
    from.readNBytes(whole, kind + 4, length - 4);
    return whole;
  }

  private void out(Socket target, Socket client) throws IOException {
    InputStream from = target.getInputStream();
    OutputStream to = client.getOutputStream();
    to.write(from.readNBytes(ASKED));
    relay(from, to);
    client.close();
  }

  private void relay(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[64 << 10];
    for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
      counted.addAndGet(n);
      to.write(buffer, 0, n);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
