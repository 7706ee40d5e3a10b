package countersign.app.demo;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Random;

/**
 * The rows of the demo's database: the same at every making, since {@link Random} is specified to
 * the bit. Nobody in it lives: social security numbers begin with 9, which is never given out, and
 * card numbers are of a test range with a right check digit.
 */
final class DemoRows {
  private DemoRows() {}

  static final int PEOPLE = 1_200;
  static final int PAYMENTS = 12_000;

  static final String TABLES =
      """
      create table people (
        id integer primary key,
        name text not null,
        email text not null unique,
        phone text not null,
        ssn text not null,
        card_number text not null,
        city text not null,
        created_at timestamptz not null);
      create table payments (
        id integer primary key,
        person_id integer not null references people (id),
        amount numeric(12,2) not null check (amount > 0),
        currency text not null,
        status text not null,
        method text not null,
        note text,
        created_at timestamptz not null);
      """;

  static final String AFTER =
      """
      create index payments_person on payments (person_id);
      create index payments_created on payments (created_at);
      """;

  private static final long SEED = 20_261_120;
  private static final Instant FIRST = Instant.parse("2024-01-08T08:00:00Z");
  private static final String[] GIVEN = {
    "Amelia", "Noah", "Zoë", "Mateo", "Aiko", "Olga", "Ifeoma", "Jonas", "Priya", "Léa", "Tomás",
    "Ingrid", "Yusuf", "Hannah", "Wei", "Carlos", "Marta", "Dmitri", "Fatima", "Oscar", "Renée",
    "Samuel", "Leila", "Björn", "Chloe", "Kofi", "Nadia", "Paul", "Greta", "Hugo"
  };
  private static final String[] FAMILY = {
    "Adler", "Okafor", "Silva", "Novák", "Tanaka", "Müller", "Rossi", "Haddad", "Kowalski",
        "Ivanova",
    "Dubois", "Larsen", "Patel", "O'Brien", "García", "Chen", "Nguyen", "Sørensen", "Yılmaz", "Kim",
    "Petrov", "Moreau", "Schmidt", "Fernández", "Osei", "Lindqvist", "Baker", "Costa", "Weber",
        "Ali"
  };
  private static final String[] CITIES = {
    "Lisbon", "Berlin", "Kraków", "Osaka", "Lagos", "Toronto", "Zürich", "Austin", "Leeds", "Lyon"
  };
  private static final String[] STATUS = {
    "settled", "settled", "settled", "pending", "refunded", "failed"
  };
  private static final String[] METHOD = {"card", "card", "transfer", "wallet"};
  private static final String[] CURRENCY = {"EUR", "EUR", "USD", "GBP"};
  private static final String[] NOTE = {
    "\\N",
    "\\N",
    "\\N",
    "monthly plan",
    "second try after decline",
    "customer called",
    "gift card",
    "partial refund"
  };

  /** Rows of {@code people} in COPY's text format. */
  static String people() {
    Random random = new Random(SEED);
    StringBuilder rows = new StringBuilder(PEOPLE * 120);
    for (int id = 1; id <= PEOPLE; id++) {
      String given = pick(random, GIVEN);
      String family = pick(random, FAMILY);
      row(
          rows,
          Integer.toString(id),
          given + " " + family,
          plain(given) + "." + plain(family) + id + "@example.org",
          "+1-555-%04d".formatted(random.nextInt(10_000)),
          "9%02d-%02d-%04d"
              .formatted(random.nextInt(100), 1 + random.nextInt(99), 1 + random.nextInt(9_999)),
          card(random),
          pick(random, CITIES),
          FIRST
              .plus(random.nextInt(500), ChronoUnit.DAYS)
              .plusSeconds(random.nextInt(86_400))
              .toString());
    }
    return rows.toString();
  }

  /** Rows of {@code payments} in COPY's text format, ids from 1. */
  static String payments() {
    Random random = new Random(SEED + 1);
    StringBuilder rows = new StringBuilder(PAYMENTS * 80);
    Instant at = FIRST.plus(500, ChronoUnit.DAYS);
    for (int id = 1; id <= PAYMENTS; id++) {
      at = at.plusSeconds(60 + random.nextInt(3_600));
      row(
          rows,
          Integer.toString(id),
          Integer.toString(1 + random.nextInt(PEOPLE)),
          "%d.%02d".formatted(1 + random.nextInt(900), random.nextInt(100)),
          pick(random, CURRENCY),
          pick(random, STATUS),
          pick(random, METHOD),
          pick(random, NOTE),
          at.toString());
    }
    return rows.toString();
  }

  private static void row(StringBuilder rows, String... fields) {
    rows.append(String.join("\t", fields)).append('\n');
  }

  private static String pick(Random random, String[] words) {
    return words[random.nextInt(words.length)];
  }

  /** Letters a to z of a name: {@code Zoë} gives {@code zoe}. */
  private static String plain(String name) {
    return java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFD)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z]", "");
  }

  /** 16 digits of the range 4000 00 with the check digit of ISO/IEC 7812-1 annex B. */
  private static String card(Random random) {
    StringBuilder digits = new StringBuilder("400000");
    while (digits.length() < 15) {
      digits.append(random.nextInt(10));
    }
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      int digit = digits.charAt(14 - i) - '0';
      int weighted = i % 2 == 0 ? digit * 2 : digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return digits.append((10 - sum % 10) % 10).toString();
  }
}
