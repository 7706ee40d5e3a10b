package countersign.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScanTest {
  private static final Scan ALL = new Scan(Arrays.asList(Detector.values()));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "card | pay 4012 8888 8888 1881 now | 4012 8888 8888 1881",
        "card | {~c~: ~4012888888881881~} | 4012888888881881",
        "iban | to DE89 3704 0044 0532 0130 00, thanks | DE89 3704 0044 0532 0130 00",
        "ssn | 536-22-8726 | 536-22-8726",
        "email | Mail <ann.lee+x@mail.example.com>. | ann.lee+x@mail.example.com",
        "phone | call (415) 555-0132 | (415) 555-0132",
        "ip | from [2001:db8::1]:8080 | 2001:db8::1",
        "ip | 10.1.2.3/24 up | 10.1.2.3/24",
        "mac | at 00:1a:2b:3c:4d:5e. | 00:1a:2b:3c:4d:5e",
        "secret | postgres://app:hunter2x@db/orders | app:hunter2x",
        "secret | host=db password=hunter2x dbname=o | hunter2x",
      })
  void findsExactlyWhatIsThere(Detector detector, String text, String expected) {
    String value = text.replace('~', '"');
    List<Found> found = new Scan(Set.of(detector)).find(value.getBytes(StandardCharsets.UTF_8));
    assertThat(found).hasSize(1);
    assertThat(value.substring(found.getFirst().from(), found.getFirst().to())).isEqualTo(expected);
  }

  @Test
  void takesTheNameOfAColumnForContext() {
    Scan scan = new Scan(Set.of(Detector.ssn));
    byte[] value = "is 536228726".getBytes(StandardCharsets.US_ASCII);
    assertThat(scan.find(value, value.length, "reference")).isEmpty();
    assertThat(scan.find(value, value.length, "Social_Security")).hasSize(1);
  }

  @Test
  void looksOnlyAsFarAsTheLength() {
    byte[] value = "x4012888888881881".getBytes(StandardCharsets.US_ASCII);
    value[0] = ' ';
    assertThat(ALL.find(value, value.length, "")).hasSize(1);
    assertThat(ALL.find(value, 9, "")).isEmpty();
  }

  @Test
  void anyBytesGiveOrderedPlacesWithinTheValue() {
    Random random = new Random(11);
    String letters = "0123456789abcdefABC:.-@/ =\"+_{}(),eyJghp_AKIA\u00e9\n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(120);
      for (int k = 0; k < length; k++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      byte[] value = text.toString().getBytes(StandardCharsets.UTF_8);
      int at = 0;
      for (Found found : ALL.find(value)) {
        assertThat(found.from()).isGreaterThanOrEqualTo(at);
        assertThat(found.to()).isGreaterThan(found.from()).isLessThanOrEqualTo(value.length);
        at = found.to();
      }
    }
  }

  @Test
  void aMegabyteOfAlmostTokensEnds() {
    for (String almost :
        List.of(
            "eyJ.",
            "eyJ-",
            "gh" + "p_",
            "1.1.1.",
            "a:",
            "4012 ",
            "@",
            "=",
            "a@b.",
            "DE89",
            "://a:")) {
      byte[] value = almost.repeat((1 << 20) / almost.length()).getBytes(StandardCharsets.US_ASCII);
      assertThat(ALL.find(value)).allMatch(found -> found.to() <= value.length);
    }
  }

  @Test
  void masksTellNothingTheyShouldNotAndAreRecognised() {
    Masked masked = new Masked(new byte[32]);
    byte[] card = "4012888888881881".getBytes(StandardCharsets.US_ASCII);
    byte[] pin = "1234".getBytes(StandardCharsets.US_ASCII);
    assertThat(text(masked.instead(Method.last4, card, 0, card.length))).isEqualTo("[masked 1881]");
    assertThat(text(masked.instead(Method.last4, pin, 0, pin.length))).isEqualTo("[masked]");
    assertThat(text(masked.instead(Method.hide, card, 0, card.length))).isEqualTo("[masked]");
    assertThat(masked.instead(Method.nothing, card, 0, card.length)).isNull();
    String hash = text(masked.instead(Method.hash, card, 0, card.length));
    assertThat(hash)
        .hasSize(25)
        .isEqualTo(text(new Masked(new byte[32]).instead(Method.hash, card, 0, card.length)))
        .isNotEqualTo(text(new Masked(new byte[] {1}).instead(Method.hash, card, 0, card.length)));
    assertThat(List.of("[masked]", "x [masked 1881] y", hash)).allMatch(Masked::in);
    assertThat(List.of("masked", "[masked", "[masked:xyz]", "[maskedx]")).noneMatch(Masked::in);
  }

  @Test
  void replacesPlacesAndKeepsTheRest() {
    byte[] value = "a 4012888888881881 b ann@example.com c".getBytes(StandardCharsets.US_ASCII);
    byte[] out =
        new Masked(new byte[32]).instead(Method.last4, value, value.length, ALL.find(value));
    assertThat(text(out)).isEqualTo("a [masked 1881] b [masked ecom] c");
  }

  private static String text(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? "NULL" : new String(bytes, StandardCharsets.US_ASCII);
  }
}
