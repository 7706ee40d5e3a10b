package countersign.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.app.start.Failure;
import countersign.deciding.configuration.ConfigurationFile;
import countersign.duty.Duty;
import countersign.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoConfigurationTest {
  private static final String ISSUER = "http://localhost:8180/demo";

  @TempDir Path directory;

  private DemoConfiguration with(String own) throws IOException {
    Path file = Files.writeString(directory.resolve("own.yaml"), own);
    return DemoConfiguration.of(file, ISSUER, "http://localhost:8180", 54430);
  }

  @Test
  void isAConfigurationThatStartWouldTakeWithThisRunsPorts() {
    DemoConfiguration demo = DemoConfiguration.of(null, ISSUER, "http://localhost:8180", 54430);
    var read = ConfigurationFile.read("printed.yaml", demo.yaml());
    assertThat(read.targets()).extracting(Target::port).containsExactly(54430);
    assertThat(read.oidc().getFirst().issuer()).isEqualTo(ISSUER);
    assertThat(read.listen().plaintextLoopback()).isTrue();
    assertThat(demo.yaml()).doesNotContain("${demo.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        # mine
        apiVersion: countersign/v1
        targets:
          - name: shop
            type: postgres
            address: "db.internal:5432"
            credential: {username: app, password: "${file:shop_password}"}
        # about secrets
        secrets: [shop_password]
        duties:
        - name: mine
          groups: [engineers]
          targets: [shop, orders]
          rules:
          - {allow: [read]}
        """,
        """
        secrets: ["shop_password"]
        duties: [{name: mine, groups: [engineers], targets: [shop, orders], rules: [{allow: [read]}]}]
        targets: [{name: shop, type: postgres, address: "db.internal:5432", credential: {username: app, password: "${file:shop_password}"}}]
        """
      })
  void addsOwnTargetsAndDutiesToTheDemos(String own) throws IOException {
    var read = with(own).configuration();
    assertThat(read.targets()).extracting(Target::name).contains("orders", "shop");
    assertThat(read.duties())
        .extracting(Duty::name)
        .contains("mine", "ai-agents-on-orders", "engineers-on-orders");
    assertThat(read.secrets())
        .containsExactlyInAnyOrder("shop_password", DemoConfiguration.PASSWORD);
    assertThat(read.powers()).containsKey("respond");
  }

  @Test
  void tellsAMistakeWithTheLineThatThePersonWrote() {
    String own =
        """
        targets:
          - name: shop
            type: postgres
            address: "db.internal:5432"
            credential: {username: app, password: "${file:nowhere}"}

        duties:
          - name: mine
            groups: [engineers]
            targets: [shop]
            rules:
              - {allow: [raed]}
        """;
    assertThatThrownBy(() -> with(own))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("own.yaml:5: ")
        .hasMessageContaining("own.yaml:12: ");
  }

  @Test
  void refusesWhatTheDemoSettlesItselfAndWhatIsNoYaml() {
    assertThatThrownBy(() -> with("apiVersion: countersign/v1\npowers: {audit: [x]}\n"))
        .hasMessageContaining("own.yaml:2: powers (expected beside the demo's own:");
    assertThatThrownBy(() -> with("targets: {a: b}\n")).hasMessageContaining("own.yaml:1: targets");
    assertThatThrownBy(() -> with("targets:\n  - [\n")).hasMessageContaining("own.yaml:");
    assertThatThrownBy(() -> with("")).hasMessageContaining("own.yaml:1: no mapping");
    assertThatThrownBy(() -> with("targets:\n- name: orders\n")).hasMessageContaining("orders");
  }
}
