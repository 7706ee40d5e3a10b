package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What does not belong on the wire gets a clear error and harms nobody else. */
final class BadInputIT {
  /** Severity and SQLSTATE of an ErrorResponse. */
  private static final Pattern ERROR = Pattern.compile("S(ERROR|FATAL)\\x00.*?C[0-9A-Z]{5}\\x00");

  private static RunningDemo demo;

  @BeforeAll
  static void start() {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void saysWhatIsWrongWithATokenAUserOrATarget() throws IOException {
    int port = demo.port(6432);
    String ada = demo.token("agent-ada");
    assertThat(psql(demo.conninfo("agent-ada", port, "orders"), "nonsense"))
        .contains("token: not a signed token");
    assertThat(psql(demo.conninfo("agent-ada", port, "orders"), foreign()))
        .contains("token: signature");
    assertThat(psql(demo.conninfo("bob", port, "orders"), ada))
        .contains("user: bob (expected: agent-ada");
    assertThat(psql(demo.conninfo("agent-ada", port, "nowhere"), ada)).contains("nowhere");
    assertThat(login("agent-ada", "orders", "nonsense", new byte[0])).contains("C28P01");
    assertThat(login("agent-ada", "orders", foreign(), new byte[0])).contains("C28P01");
    assertThat(login("bob", "orders", ada, new byte[0])).contains("C28000");
    assertThat(login("agent-ada", "nowhere", ada, new byte[0])).contains("C3D000");
    othersAreUnharmed();
  }

  @Test
  void survivesTwoHundredSilentCallers() throws IOException {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        silent.add(new Socket("127.0.0.1", demo.port(6432)));
      }
      othersAreUnharmed();
      Pause.until(
          "the silent callers are sent away",
          Duration.ofSeconds(30),
          () -> silent.stream().allMatch(BadInputIT::closedByEdge));
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    othersAreUnharmed();
  }

  @Test
  void endsAConversationThatIsNoConversation() throws IOException {
    byte[][] openings = {
      {0, 0, 0, 0, 0, 0, 0, 0},
      {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 3, 0, 0},
      {0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 3, 0, 0},
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
      {0, 0, 0, 9, 0, 3, 0, 0, 'x'},
      {0, 0, 0, 8, 0, 1, 0, 0},
    };
    for (byte[] opening : openings) {
      try (Socket socket = new Socket("127.0.0.1", demo.port(6432))) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(opening);
        socket.shutdownOutput();
        byte[] answer = socket.getInputStream().readNBytes(2000);
        assertThat(answer.length).isLessThan(2000);
      }
    }
    othersAreUnharmed();
  }

  @Test
  void refusesAMessageThatIsMalformedInsideASession() throws IOException {
    for (byte[] message :
        new byte[][] {
          {'Q', (byte) 0x80, 0, 0, 0},
          {'Q', 0, 0, 0, 3},
          {'Q', 0, 0, 0, 6, 'a', 'b'},
          {'B', 0, 0, 0, 6, 0, 0},
          {'Q', 0, 0, 0, 8, (byte) 0xC3, (byte) 0x28, ';', 0},
          {'z', 0, 0, 0, 4},
        }) {
      String answer = afterLogin(message);
      assertThat(answer).as("message %s", message[0]).containsPattern("C(08P01|22021|42501|0A000)");
    }
    othersAreUnharmed();
  }

  private static String afterLogin(byte[] message) throws IOException {
    return login("agent-ada", "orders", demo.token("agent-ada"), message);
  }

  /** Logs in byte by byte, sends a message, and answers what the edge said. */
  private static String login(String user, String database, String token, byte[] message)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", demo.port(6432))) {
      socket.setSoTimeout(20_000);
      ByteArrayOutputStream startup = new ByteArrayOutputStream();
      DataOutputStream body = new DataOutputStream(startup);
      byte[] parameters =
          ("user\0" + user + "\0database\0" + database + "\0\0")
              .getBytes(StandardCharsets.US_ASCII);
      body.writeInt(8 + parameters.length);
      body.writeInt(196608);
      body.write(parameters);
      byte[] secret = token.getBytes(StandardCharsets.US_ASCII);
      body.write('p');
      body.writeInt(5 + secret.length);
      body.write(secret);
      body.write(0);
      body.write(message);
      socket.getOutputStream().write(startup.toByteArray());
      return untilAnError(socket);
    }
  }

  /** What the edge says up to its first error, or until it hangs up. */
  private static String untilAnError(Socket socket) throws IOException {
    StringBuilder said = new StringBuilder();
    byte[] buffer = new byte[4096];
    while (!ERROR.matcher(said).find()) {
      int n = socket.getInputStream().read(buffer);
      if (n < 0) {
        break;
      }
      said.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
    }
    return said.toString();
  }

  private static boolean closedByEdge(Socket socket) {
    try {
      socket.setSoTimeout(1);
      while (true) {
        if (socket.getInputStream().read() < 0) {
          return true;
        }
      }
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  private static void othersAreUnharmed() {
    assertThat(psql(demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada")))
        .contains("42");
  }

  private static String psql(String conninfo, String token) {
    return Psql.run(conninfo, token, "-c", "select 41 + 1");
  }

  /** A well-formed token that nobody here signed. */
  private static String foreign() {
    String token = demo.token("agent-ada");
    String signature = token.substring(token.lastIndexOf('.') + 1);
    return token.substring(0, token.lastIndexOf('.') + 1)
        + new StringBuilder(signature).reverse().toString();
  }
}
