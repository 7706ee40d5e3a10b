package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.retention.RetentionRules;
import countersign.retention.RetentionRules.Span;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionReadingTest {
  private static final String FILE =
      """
      apiVersion: countersign/v1
      dualControl: false
      keys: {master: "${vault:transit/keys/countersign}"}
      targets:
        - name: orders
          type: postgres
          address: "db:5432"
          credential: {username: app, password: "${secret:orders}"}
          protect: {retention: {total: 400d}}
      duties:
        - name: read
          groups: [agents]
          targets: [orders]
          rules: [{allow: [read]}]
          retention: {hot: 30d, total: 800d}
      """;

  @Test
  void readsRetentionOfTargetsDutiesAndEverything() {
    Configuration read =
        ConfigurationFile.read("c.yaml", FILE + "retention: {hot: 90d, total: 365d}\n");
    assertThat(read.retention())
        .isEqualTo(
            new RetentionRules(
                new Span(90, 365),
                Map.of("orders", new Span(0, 400)),
                Map.of("read", new Span(30, 800))));
    assertThat(read.keys().master()).isEqualTo("${vault:transit/keys/countersign}");
    assertThat(read.targets().getFirst().credential().passwordReference())
        .isEqualTo("${secret:orders}");
  }

  @Test
  void keepsForEverWhereNothingIsSaid() {
    assertThat(
            ConfigurationFile.read("c.yaml", "apiVersion: countersign/v1\ndualControl: false\n")
                .retention())
        .isEqualTo(RetentionRules.NONE);
  }
}
