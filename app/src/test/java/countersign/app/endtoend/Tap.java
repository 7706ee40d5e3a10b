package countersign.app.endtoend;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP tap between a client and the edge: keeps the bytes of each connection, both directions, in
 * files. Needs plain text.
 */
final class Tap implements AutoCloseable {
  private final ServerSocket server;
  private final int edge;
  private final Path folder;
  private final List<Tapped> connections = new CopyOnWriteArrayList<>();

  /** One connection: {@code in} is what the client sent. */
  record Tapped(Path in, Path out, List<Thread> pumps) {
    void await() throws InterruptedException {
      for (Thread pump : pumps) {
        pump.join(60_000);
      }
    }
  }

  Tap(int edge) throws IOException {
    this.edge = edge;
    this.folder = Files.createTempDirectory("countersign-tap");
    this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Connections so far, ended, without those that only carried a CancelRequest. */
  List<Tapped> sessions() throws IOException, InterruptedException {
    List<Tapped> sessions = new ArrayList<>();
    for (Tapped tapped : connections) {
      tapped.await(); // what was seen is in the files only then
      if (!TappedStream.isCancelRequest(tapped.in)) {
        sessions.add(tapped);
      }
    }
    return sessions;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), edge);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        int number = connections.size();
        Path in = folder.resolve(number + ".in");
        Path out = folder.resolve(number + ".out");
        connections.add(
            new Tapped(in, out, List.of(pump(client, upstream, in), pump(upstream, client, out))));
      } catch (IOException _) {
        // Closed: the test is over.
      }
    }
  }

  private static Thread pump(Socket from, Socket to, Path file) throws IOException {
    OutputStream copy = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    return Thread.ofVirtual()
        .start(() -> {
          byte[] buffer = new byte[1 << 16];
          try (copy) {
            InputStream source = from.getInputStream();
            OutputStream sink = to.getOutputStream();
            for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
              copy.write(buffer, 0, n);
              sink.write(buffer, 0, n);
            }
            to.shutdownOutput();
          } catch (IOException _) {
            // One side is gone; what was seen is in the file.
          }
        });
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Tapped tapped : connections) {
      Files.deleteIfExists(tapped.in);
      Files.deleteIfExists(tapped.out);
    }
    Files.deleteIfExists(folder);
  }
}
