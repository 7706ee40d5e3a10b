package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.deciding.Decide;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {
  static final Path ROOT = Path.of("..");

  static String sample() throws IOException {
    return Files.readString(ROOT.resolve("infra/samples/countersign.yaml"));
  }

  static String demo() throws IOException {
    return Files.readString(ROOT.resolve("app/src/main/resources/demo/countersign.yaml"))
        .replace("${demo.publicUrl}", "http://localhost:8080")
        .replace("${demo.issuer}", "http://localhost:8080/demo")
        .replace("${demo.orders}", "127.0.0.1:54330/orders");
  }

  static Rulebook rulebook(Configuration configuration) {
    return new Rulebook(
        1,
        configuration.duties().stream()
            .collect(Collectors.toMap(d -> d.name(), Function.identity())),
        configuration.targets().stream()
            .collect(Collectors.toMap(t -> t.name(), Function.identity())),
        configuration.people(),
        configuration.agents(),
        configuration.powers());
  }

  @Test
  void theSampleSaysWhatItMeans() throws IOException {
    Configuration read = ConfigurationFile.read("countersign.yaml", sample());
    assertThat(read.listen().publicUrl()).isEqualTo("https://countersign.example");
    assertThat(read.store()).isNull();
    assertThat(read.sha256()).matches("[0-9a-f]{64}");
    assertThat(read.powers())
        .isEqualTo(
            Map.of(
                "administer", Set.of("admins"),
                "audit", Set.of("compliance"),
                "respond", Set.of("responders")));
    assertThat(read.targets())
        .singleElement()
        .satisfies(orders -> {
          assertThat(orders.host()).isEqualTo("db.internal");
          assertThat(orders.port()).isEqualTo(5432);
          assertThat(orders.database()).isEqualTo("orders");
          assertThat(orders.credential().passwordReference()).isEqualTo("${env:ORDERS_PW}");
          assertThat(orders.protection().blocks()).hasSize(1);
        });
    assertThat(read.duties()).hasSize(3);
    assertThat(read.agents()).containsExactly(new Rulebook.Agent("agent-ada", "alice"));
  }

  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource({
    "agent-ada, read, allowed",
    "agent-ada, create, held",
    "agent-ada, change, held",
    "agent-ada, change destroy, held",
    "agent-ada, schema, held",
    "agent-ada, program, blocked",
    "agent-ada, privilege, blocked",
    "agent-ada, unknown, blocked",
    "agent-bot, read, allowed",
    "agent-bot, change, held",
    "alice, read, allowed",
    "alice, create, allowed",
    "alice, change, allowed",
    "alice, schema, held",
    "alice, change destroy, held",
    "alice, unknown, blocked",
    "bob, read, blocked",
    "erin, read, blocked",
  })
  void theDemoGivesItsPeopleWhatTheContractSays(String name, String effects, String kind)
      throws IOException {
    Rulebook rulebook = rulebook(ConfigurationFile.read("countersign.yaml", demo()));
    Decision decision = Decide.decide(rulebook, operation(name, effects), Instant.EPOCH);
    assertThat(decision.kind()).as(decision.reason()).hasToString(kind);
  }

  private static Operation operation(String name, String effects) {
    Principal.Hop alice = hop("alice", "engineers");
    Principal.Hop ada = hop("agent-ada", "ai-agents");
    List<Principal.Hop> chain =
        switch (name) {
          case "alice" -> List.of(alice);
          case "agent-ada" -> List.of(ada);
          case "agent-bot" -> List.of(alice, ada, hop("agent-bot", "ai-agents"));
          case "bob" -> List.of(hop("bob", "approvers"));
          default -> List.of(hop(name, "admins"));
        };
    return new Operation(
        new Principal(chain, Set.of(), chain.size() > 1, Instant.MAX),
        "orders",
        "orders",
        "app",
        "…",
        new byte[0],
        List.of(),
        java.util.Arrays.stream(effects.split(" "))
            .map(Effect::valueOf)
            .collect(Collectors.toSet()),
        new Facts("libpg_query-17", List.of("…"), List.of("payments"), List.of(), List.of(), null),
        "");
  }

  private static Principal.Hop hop(String name, String group) {
    return new Principal.Hop(
        name, name, Principal.Kind.human, Set.of(group), "", "https://idp", name, "");
  }
}
