package countersign.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TokenWatchTest {
  private static boolean found(String text) {
    TokenWatch watch = new TokenWatch();
    boolean found = false;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      found |= watch.next(b);
    }
    return found;
  }

  @Test
  void findsEveryFormOfAToken() {
    Masked masked = new Masked(new byte[32]);
    byte[] value = "4012888888881881".getBytes(StandardCharsets.US_ASCII);
    for (Method method : new Method[] {Method.hide, Method.last4, Method.hash}) {
      String token =
          new String(masked.instead(method, value, 0, value.length), StandardCharsets.US_ASCII);
      assertThat(found("a [m[masked" + token + " b")).as(token).isTrue();
      assertThat(Masked.in(token)).as(token).isTrue();
    }
  }

  @Test
  void leavesOtherBracketsAlone() {
    assertThat(found("[mask] [masked-up] [maskedx] [masked")).isFalse();
  }
}
