package countersign.edge;

import countersign.session.EdgeId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an edge is told about itself.
 *
 * @param edge this incarnation
 * @param bind address to listen on
 * @param port TCP port shared by all targets; 0 takes any free one
 * @param portOffset added to a target's own {@code listen} port
 * @param certificate PEM file of the certificate chain shown to callers; null for no TLS
 * @param key PEM file (PKCS#8) of its private key
 * @param plaintextLoopback whether callers on the loopback interface may come without TLS
 * @param publicUrl where people reach the web interface, without a slash at its end; for links
 * @param maskingKey what hashes of masked values are made with; the same at every start
 */
public record EdgeSettings(
    EdgeId edge,
    String bind,
    int port,
    int portOffset,
    @Nullable Path certificate,
    @Nullable Path key,
    boolean plaintextLoopback,
    String publicUrl,
    byte[] maskingKey) {
  public EdgeSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (certificate == null && !plaintextLoopback) {
      throw new IllegalArgumentException(
          "certificate: none (expected: a PEM file, unless plaintext is allowed on loopback)");
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("key: (expected: both certificate and key, or neither)");
    }
  }
}
