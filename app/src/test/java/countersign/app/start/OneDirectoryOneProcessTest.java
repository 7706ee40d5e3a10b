package countersign.app.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OneDirectoryOneProcessTest {
  @TempDir Path directory;

  @Test
  void aDirectoryInUseIsRefusedAndGivenBackAfterwards() throws IOException {
    try (DataDirectory data = DataDirectory.take(directory.resolve("d"))) {
      assertThatThrownBy(() -> DataDirectory.take(data.path()))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("in use");
    }
    DataDirectory.take(directory.resolve("d")).close();
  }

  @Test
  void emptyingKeepsNothingButTheLock() throws IOException {
    try (DataDirectory data = DataDirectory.take(directory.resolve("d"))) {
      Files.writeString(data.secret("keys").resolve("master"), "x");
      data.empty();
      try (var left = Files.list(data.path())) {
        assertThat(left.map(p -> p.getFileName().toString())).containsExactly("lock");
      }
    }
  }

  @Test
  void aTakenPortIsNamedWithItsOwner() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(
              () -> Ports.requireFree("127.0.0.1", Map.of("store", port), "./countersign demo …"))
          .isInstanceOf(Failure.class)
          .hasMessageContaining(
              "port "
                  + port
                  + " (store) is taken by java (process "
                  + ProcessHandle.current().pid()
                  + ")")
          .hasMessageContaining("Try: ./countersign demo");
      taken.close();
      Ports.requireFree("127.0.0.1", Map.of("store", port), "");
    }
  }

  @Test
  void aPortThatOnlyAConnectionHasIsWaitedFor() throws Exception {
    // The kernel may give the port to somebody else's connection as soon as it is free: then again.
    for (int attempt = 1; ; attempt++) {
      try {
        waitForTheEndOfAConnection();
        return;
      } catch (Failure taken) {
        if (attempt == 3) {
          throw taken;
        }
      }
    }
  }

  private static void waitForTheEndOfAConnection() throws Exception {
    try (ServerSocket far = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        java.net.Socket near =
            new java.net.Socket(InetAddress.getLoopbackAddress(), far.getLocalPort())) {
      int port = near.getLocalPort();
      assertThat(PortCheck.taken("127.0.0.1", port)).isTrue();
      assertThat(PortCheck.owner(port)).startsWith("java (process ");
      Thread closing =
          Thread.ofVirtual()
              .start(() -> {
                try (near) {
                  // A reset leaves nothing behind that would keep the port.
                  near.setSoLinger(true, 0);
                  Thread.sleep(300);
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Ports.requireFree("127.0.0.1", Map.of("store", port), "");
      closing.join();
    }
  }
}
