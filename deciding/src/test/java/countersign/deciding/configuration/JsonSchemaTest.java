package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class JsonSchemaTest {
  private static final com.networknt.schema.JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JsonSchema.text());

  /** Mistakes that one place of the file cannot show, and CEL and RE2, which no schema knows. */
  private static final List<String> READER_ONLY =
      List.of(
          "has it already",
          "a name listed under secrets",
          "both never meet",
          "there is none",
          "expected: one of orders",
          "exactly one of allow, hold, block",
          "not both: line",
          "only on hold",
          "rules[1].by: (absent)",
          "adds nothing",
          "not the agent itself",
          "a port from 1",
          "another role than",
          "at most total",
          "31d",
          "CEL",
          "RE2",
          "which take the time zone",
          "anchors and aliases",
          "written twice",
          "columns and detect",
          "neither columns nor detect",
          "a key must be a word",
          "not YAML");

  @Test
  void isTheOneDrawnFromTheReadersTable() throws IOException {
    if (Boolean.getBoolean("update")) {
      Files.writeString(
          Path.of("src/main/resources/countersign-v1.schema.json"), JsonSchema.drawn());
    }
    assertThat(JsonSchema.text())
        .as("countersign-v1.schema.json; draw it again with -Dupdate=true")
        .isEqualTo(JsonSchema.drawn());
  }

  @Test
  void acceptsTheSamples() throws IOException {
    assertThat(validate(SamplesTest.sample())).isEmpty();
    assertThat(validate(SamplesTest.demo())).isEmpty();
    assertThat(validate(ConfigurationErrorsTest.with(1, "apiVersion: countersign/v1"))).isEmpty();
  }

  static List<Arguments> wrong() {
    return ConfigurationErrorsTest.wrong()
        .filter(wrong -> {
          List<?> errors = (List<?>) wrong.get()[2];
          return errors.stream()
              .anyMatch(error -> READER_ONLY.stream().noneMatch(((String) error)::contains));
        })
        .toList();
  }

  @ParameterizedTest(name = "line {0}: {1}")
  @MethodSource("wrong")
  void rejectsWhatTheReaderRejects(int line, String text, List<String> errors) throws IOException {
    assertThat(validate(ConfigurationErrorsTest.with(line, text))).as("%s", errors).isNotEmpty();
  }

  @Test
  void mostCasesAreOfThatKind() {
    assertThat(wrong()).hasSizeGreaterThan(40);
  }

  private static Set<ValidationMessage> validate(String yaml) throws IOException {
    Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    JsonNode json = new ObjectMapper().valueToTree(tree);
    return SCHEMA.validate(json.toString(), InputFormat.JSON);
  }
}
