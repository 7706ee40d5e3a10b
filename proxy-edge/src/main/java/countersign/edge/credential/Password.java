package countersign.edge.credential;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proves knowledge of a target's password in the ways PostgreSQL asks for. Every method resolves
 * the secret, uses it and wipes it; some take milliseconds, so none runs on an event loop.
 */
final class Password {
  private final Login login;

  Password(Login login) {
    this.login = login;
  }

  private interface Use<T> {
    T with(char[] secret) throws ScramException;
  }

  private <T> T use(Use<T> use) throws ScramException {
    char[] secret = login.password();
    try {
      return use.with(secret);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  /** Body of a PasswordMessage that carries the password as it is. */
  byte[] cleartext() throws ScramException {
    return use(secret -> terminated(utf8(secret)));
  }

  /** Body of a PasswordMessage: {@code md5} + hex(md5(hex(md5(password + user)) + salt)). */
  byte[] md5(byte[] salt) throws ScramException {
    return use(secret -> {
      byte[] plain = utf8(secret);
      try {
        MessageDigest md5 = digest();
        md5.update(plain);
        md5.update(login.username().getBytes(StandardCharsets.UTF_8));
        String inner = HexFormat.of().formatHex(md5.digest());
        md5.update(inner.getBytes(StandardCharsets.US_ASCII));
        md5.update(salt);
        String outer = "md5" + HexFormat.of().formatHex(md5.digest());
        return terminated(outer.getBytes(StandardCharsets.US_ASCII));
      } finally {
        Arrays.fill(plain, (byte) 0);
      }
    });
  }

  /**
   * A SCRAM-SHA-256 conversation, RFC 7677, bound to the TLS connection where the target offers it
   * (RFC 5929, tls-server-end-point). Where it does not, what is sent says that it could have been,
   * so that the target notices when somebody between left the offer out.
   */
  final class Scram {
    static final String MECHANISM = "SCRAM-SHA-256";
    static final String BOUND = MECHANISM + "-PLUS";
    private final ScramClient client;
    private final char[] secret;

    /**
     * Begins.
     *
     * @param offered mechanisms the target offers, {@link #MECHANISM} among them
     * @param endPoint hash of the target's certificate; null where TLS has none
     */
    Scram(List<String> offered, byte @Nullable [] endPoint) {
      secret = login.password();
      boolean bound = endPoint != null && offered.contains(BOUND);
      var building =
          ScramClient.builder()
              .advertisedMechanisms(bound ? List.of(MECHANISM, BOUND) : List.of(MECHANISM))
              .username("*") // PostgreSQL takes the name from the startup message
              .password(secret)
              .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
      client =
          endPoint == null
              ? building.build()
              : building.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, endPoint).build();
    }

    /** The mechanism chosen. */
    String mechanism() {
      return client.getScramMechanism().getName();
    }

    byte[] first() {
      return client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
    }

    byte[] answer(String serverFirst) throws ScramException {
      try {
        client.serverFirstMessage(serverFirst);
        return client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8);
      } finally {
        Arrays.fill(secret, '\0');
      }
    }

    /** Checks that the target knows the password too. */
    void verify(String serverFinal) throws ScramException {
      client.serverFinalMessage(serverFinal);
    }
  }

  private static byte[] utf8(char[] secret) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    return bytes;
  }

  private static byte[] terminated(byte[] text) {
    byte[] body = Arrays.copyOf(text, text.length + 1);
    Arrays.fill(text, (byte) 0);
    return body;
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("MD5 is part of every JDK", e);
    }
  }
}
