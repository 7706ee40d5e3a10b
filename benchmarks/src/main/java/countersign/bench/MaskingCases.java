package countersign.bench;

import countersign.masking.Detector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Labelled values for one detector, made from a seed: what it must find, in the forms and places in
 * which it occurs in rows, and near misses that it must not. Secrets are put together here, so that
 * no source file holds one.
 */
public final class MaskingCases {
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String DIGITS = "0123456789";
  private static final String HEX = "0123456789abcdef";
  private static final String[] BEFORE = {
    "", "", "", "paid with ", "value: ", "(", "{\"field\": \"", "ref=", "see ", "\t", "'", "x, "
  };
  private static final String[] AFTER = {
    "", "", "", " yesterday", ".", ")", "\"}", ";", " and more", "\n", "'", ", y"
  };

  private final Random random;

  /** One value and how many places of it the detector must find. */
  public record Case(String text, boolean positive) {}

  /** Makes cases of a seed. */
  public MaskingCases(long seed) {
    random = new Random(seed);
  }

  /** As many positives and as many negatives, none of them contradicting each other. */
  public List<Case> of(Detector detector, int each) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      int place = random.nextInt(BEFORE.length);
      cases.add(new Case(BEFORE[place] + positive(detector) + AFTER[place], true));
      int other = random.nextInt(BEFORE.length);
      cases.add(new Case(BEFORE[other] + negative(detector) + AFTER[other], false));
    }
    return cases;
  }

  private String positive(Detector detector) {
    return switch (detector) {
      case card -> grouped(card(true));
      case iban -> iban(true);
      case ssn -> ssn(random.nextBoolean() ? "-" : " ");
      case email -> email();
      case phone -> phone();
      case ip -> random.nextBoolean() ? four(4) : six();
      case mac -> mac(random.nextBoolean() ? ":" : "-", 6);
      case secret -> secret();
    };
  }

  private String negative(Detector detector) {
    return switch (detector) {
      case card ->
          any(
              () -> grouped(card(false)),
              () -> digits(10),
              () -> "0." + card(true),
              this::uuid,
              () -> "9" + digits(22),
              this::timestamp,
              () -> "id" + card(true) + "x");
      case iban ->
          any(
              () -> iban(false),
              this::uuid,
              () -> "ZZ" + digits(20),
              () -> any("DE", "FR") + digits(6),
              () -> text(UPPER, 22),
              this::timestamp);
      case ssn ->
          any(
              () -> any("000", "666", "9" + digits(2)) + "-" + group() + "-" + serial(),
              () -> area() + "-00-" + serial(),
              () -> area() + "-" + group() + "-0000",
              () -> digits(4) + "-" + digits(2) + "-" + digits(4),
              () -> "no " + digits(9),
              this::timestamp,
              this::uuid,
              () -> area() + "-" + group() + " " + serial());
      case email ->
          any(
              () -> text(LOWER, 6) + "@" + text(LOWER, 5),
              () -> "@" + text(LOWER, 8) + " said so",
              () -> text(LOWER, 4) + " @ " + text(LOWER, 5) + ".com",
              () -> text(LOWER, 6) + "@.com",
              () -> text(LOWER, 6) + "@v1." + digits(2),
              () -> "price@" + digits(3),
              () -> text(LOWER, 5) + ".example.com");
      case phone ->
          any(
              this::timestamp,
              this::uuid,
              () -> digits(4) + "-" + digits(4),
              () -> "1" + digits(2) + "-" + digits(3) + "-" + digits(4) + "5",
              () -> four(4),
              () -> "no " + digits(10),
              () -> "+" + digits(3),
              () -> digits(3) + "." + digits(2));
      case ip ->
          any(
              () -> four(3),
              () -> four(5),
              () -> "256." + four(3),
              () -> four(3) + "." + (300 + random.nextInt(600)),
              () -> "1" + digits(1) + ":" + digits(2) + ":" + digits(2),
              () -> mac(":", 6),
              () -> "std::" + text("ghijk", 6),
              () -> group4() + ":" + group4() + "::" + group4() + "::1",
              () -> "v" + four(4),
              this::uuid);
      case mac ->
          any(
              () -> mac(":", 5),
              () -> mac(":", 7),
              () -> mac(":", 3) + "-" + mac("-", 3),
              () -> text(HEX, 12),
              () -> text("ghijkl", 2) + ":" + mac(":", 5),
              this::uuid,
              this::timestamp,
              () -> "00:00:00:00:00:00");
      case secret ->
          any(
              this::uuid,
              () -> text(HEX, 64),
              () -> text(LOWER, 12) + "_" + text(LOWER, 12),
              () -> "https://" + text(LOWER, 8) + ".example/" + text(LOWER + DIGITS, 20),
              () -> "-----BEGIN CERTIFICATE-----\n" + text(UPPER + LOWER, 40),
              () -> "eyJ" + text(LOWER, 20),
              () -> "gh" + "p_short",
              () -> "password reset requested",
              () -> "secret of success: work",
              () -> "count=" + digits(5),
              () -> text(UPPER + LOWER + DIGITS, 40),
              this::timestamp);
    };
  }

  @SafeVarargs
  private String any(Supplier<String>... ways) {
    return ways[random.nextInt(ways.length)].get();
  }

  private String any(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private String text(String letters, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  private String digits(int count) {
    return text(DIGITS, count);
  }

  private String timestamp() {
    return "20%02d-%02d-%02d %02d:%02d:%02d.%06d"
        .formatted(
            random.nextInt(100),
            1 + random.nextInt(12),
            1 + random.nextInt(28),
            random.nextInt(24),
            random.nextInt(60),
            random.nextInt(60),
            random.nextInt(1_000_000));
  }

  private String uuid() {
    return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
  }

  private String card(boolean right) {
    String[] kinds = {
      "4:16", "4:13", "51:16", "55:16", "2221:16", "34:15", "37:15", "6011:16", "65:16", "3528:16",
      "36:14", "38:14", "5018:16", "6304:18", "62:19", "3056:16"
    };
    String[] kind = kinds[random.nextInt(right ? kinds.length - 1 : kinds.length)].split(":");
    int length = Integer.parseInt(kind[1]);
    String body = kind[0] + digits(length - kind[0].length() - 1);
    int check = check(body);
    return body + (right ? check : (check + 1 + random.nextInt(9)) % 10);
  }

  private static int check(String body) {
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      int digit = body.charAt(body.length() - 1 - i) - '0';
      int twice = digit * 2;
      sum += i % 2 == 1 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return (10 - sum % 10) % 10;
  }

  private String grouped(String number) {
    String separator = any("", "", " ", "-");
    if (separator.isEmpty() || number.length() < 15) {
      return number;
    }
    if (number.length() == 15) {
      return String.join(
          separator, number.substring(0, 4), number.substring(4, 10), number.substring(10));
    }
    StringBuilder text = new StringBuilder(number.substring(0, 4));
    for (int i = 4; i < number.length(); i += 4) {
      int end = number.length() - i < 7 ? number.length() : i + 4;
      text.append(separator).append(number, i, end);
      if (end == number.length()) {
        break;
      }
    }
    return text.toString();
  }

  private String iban(boolean right) {
    String[] shapes = {"DE18", "AT16", "CH17", "BE12", "ES20", "DK14", "PL24", "NO11"};
    String[] lettered = {"GB", "NL", "IE"};
    String account;
    String country;
    if (random.nextInt(3) == 0) {
      country = any(lettered);
      int rest = country.equals("NL") ? 10 : 14;
      account = text(UPPER, 4) + digits(rest);
    } else {
      String shape = any(shapes);
      country = shape.substring(0, 2);
      account = digits(Integer.parseInt(shape.substring(2)));
    }
    int check = 98 - remainder(account + country + "00");
    int written = right ? check : 2 + (check - 2 + 1 + random.nextInt(90)) % 97;
    String number = country + "%02d".formatted(written) + account;
    return random.nextInt(3) > 0 ? number : number.replaceAll("(.{4})(?!$)", "$1 ");
  }

  private static int remainder(String account) {
    StringBuilder number = new StringBuilder();
    account.chars().forEach(c -> number.append(Character.getNumericValue(c)));
    return new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
  }

  private String area() {
    int area = 1 + random.nextInt(899);
    return "%03d".formatted(area == 666 ? 665 : area);
  }

  private String group() {
    return "%02d".formatted(1 + random.nextInt(99));
  }

  private String serial() {
    return "%04d".formatted(1 + random.nextInt(9_999));
  }

  private String ssn(String separator) {
    return random.nextInt(5) == 0
        ? "SSN " + area() + group() + serial()
        : area() + separator + group() + separator + serial();
  }

  private String email() {
    String name = text(LOWER, 1 + random.nextInt(8));
    String more = any("", "." + text(LOWER, 6), "+" + text(LOWER, 3), "_" + digits(2), "-x");
    String domain = text(LOWER, 2 + random.nextInt(10));
    return name
        + more
        + "@"
        + any("", "mail.", "a-b.")
        + domain
        + any(".com", ".co.uk", ".org", ".example", ".de");
  }

  private String phone() {
    String exchange = (2 + random.nextInt(8)) + digits(2);
    return any(
        () -> "(4" + digits(2) + ") " + exchange + "-" + digits(4),
        () -> "4" + digits(2) + "-" + exchange + "-" + digits(4),
        () -> "4" + digits(2) + "." + exchange + "." + digits(4),
        () -> "+1 4" + digits(2) + " " + exchange + " " + digits(4),
        () -> "+49 30 " + digits(7),
        () -> "+44" + (1 + random.nextInt(9)) + digits(9),
        () -> "phone 4" + digits(2) + exchange + digits(4));
  }

  private String four(int parts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts; i++) {
      text.append(i == 0 ? "" : ".").append(random.nextInt(256));
    }
    return text.toString();
  }

  private String group4() {
    return Integer.toHexString(1 + random.nextInt(0xffff));
  }

  private String six() {
    int groups = 1 + random.nextInt(4);
    StringBuilder text = new StringBuilder(group4());
    for (int i = 1; i < groups; i++) {
      text.append(':').append(group4());
    }
    text.append(any("::", "::" + group4(), "::" + group4() + ":" + group4()));
    return random.nextInt(4) == 0 ? full() : text.toString();
  }

  private String full() {
    StringBuilder text = new StringBuilder(group4());
    for (int i = 1; i < 8; i++) {
      text.append(':').append(group4());
    }
    return text.toString();
  }

  private String mac(String separator, int pairs) {
    StringBuilder text = new StringBuilder("1" + text(HEX, 1));
    for (int i = 1; i < pairs; i++) {
      text.append(separator).append(text(HEX, 2));
    }
    return random.nextBoolean()
        ? text.toString()
        : text.toString().toUpperCase(java.util.Locale.ROOT);
  }

  private String secret() {
    String token = "A1" + text(UPPER + LOWER + DIGITS, 38);
    return any(
        () -> "AK" + "IA" + "Z2" + text(UPPER + "234567", 14),
        () -> "aws_secret " + token,
        () -> "gh" + "p_" + token,
        () -> "github" + "_pat_" + token,
        () -> "gl" + "pat-" + text(LOWER, 10) + "7" + text(LOWER + DIGITS, 9),
        () -> "xo" + "xb-" + digits(11) + "-" + digits(11) + "-" + text(LOWER, 24),
        () -> "sk" + "_live_" + token,
        () -> "AI" + "za" + "9" + text(UPPER + LOWER + DIGITS, 34),
        this::webToken,
        () ->
            "-----BEGIN RSA "
                + "PRIVATE KEY-----\n"
                + token
                + "\n-----END RSA "
                + "PRIVATE KEY-----",
        () -> "postgres://" + text(LOWER, 5) + ":" + text(LOWER + DIGITS, 9) + "@db/orders",
        () -> "Server=db;Uid=app;Pwd" + "=" + text(LOWER, 7) + "9;",
        () -> "\"api_key\": \"" + text(LOWER + DIGITS, 24) + "\"");
  }

  private String webToken() {
    String header = any("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{\"alg\":\"RS256\",\"kid\":\"1\"}");
    return part(header)
        + "."
        + part("{\"sub\":\"" + digits(8) + "\"}")
        + "."
        + text(UPPER + LOWER, 43);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
