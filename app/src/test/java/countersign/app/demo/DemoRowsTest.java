package countersign.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DemoRowsTest {
  @Test
  void makesTheSameRowsEveryTime() {
    assertThat(DemoRows.people()).isEqualTo(DemoRows.people()).hasLineCount(DemoRows.PEOPLE);
    assertThat(DemoRows.payments()).isEqualTo(DemoRows.payments()).hasLineCount(DemoRows.PAYMENTS);
    assertThat(DemoRows.payments()).startsWith("1\t");
  }

  @Test
  void givesEveryPersonADifferentAddressAndACardWithARightCheckDigit() {
    var rows = DemoRows.people().lines().map(line -> line.split("\t")).toList();
    assertThat(rows.stream().map(row -> row[2])).doesNotHaveDuplicates();
    assertThat(rows.stream().map(row -> row[5])).allMatch(DemoRowsTest::luhn);
    assertThat(rows.stream().map(row -> row[4]))
        .allMatch(ssn -> ssn.matches("9\\d\\d-\\d\\d-\\d{4}"));
  }

  private static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighted = i % 2 == 1 ? digit * 2 : digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }
}
