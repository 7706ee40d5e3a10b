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
}
