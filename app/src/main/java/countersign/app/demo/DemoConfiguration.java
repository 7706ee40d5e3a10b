package countersign.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import countersign.app.start.Failure;
import countersign.deciding.configuration.Configuration;
import countersign.deciding.configuration.ConfigurationErrors;
import countersign.deciding.configuration.ConfigurationFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The demo's configuration: the shipped file with this run's ports, and a person's own targets and
 * duties added. It is text that {@code start} would take, and is read as {@code start} reads it.
 *
 * @param yaml the whole of it
 * @param configuration the same, read
 */
record DemoConfiguration(String yaml, Configuration configuration) {
  /** Secret, and file in the directory of secrets, that holds the target's password. */
  static final String PASSWORD = "orders_password";

  private static final String SHIPPED = "/demo/countersign.yaml";
  private static final String TARGET = "orders";
  private static final long LONGEST = 1 << 20;

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  /**
   * Makes the configuration of one run.
   *
   * @param added file with own targets and duties; null for none
   * @param issuer the demo's identity provider
   * @param publicUrl what links begin with
   * @param targetPort port of the demo's target
   * @throws countersign.deciding.configuration.ConfigurationErrors if it is not right
   * @throws Failure if the file cannot be read or says what the demo settles itself
   */
  static DemoConfiguration of(
      @Nullable Path added, String issuer, String publicUrl, int targetPort) {
    ObjectNode demo = shipped();
    settle(demo, issuer, publicUrl, targetPort);
    if (added != null) {
      return with(added, demo);
    }
    try {
      String yaml = YAML.writeValueAsString(demo);
      return new DemoConfiguration(yaml, ConfigurationFile.read("demo", yaml));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written as YAML", e);
    }
  }

  private static DemoConfiguration with(Path added, ObjectNode demo) {
    String name = added.toString();
    MergedYaml merged = MergedYaml.of(name, text(added), demo);
    try {
      return new DemoConfiguration(merged.text(), ConfigurationFile.read(name, merged.text()));
    } catch (ConfigurationErrors e) {
      throw new Failure(
          String.join(
              System.lineSeparator(),
              e.errors().stream().map(error -> inOwnLines(name, error, merged)).toList()));
    }
  }

  /** An error of the whole, told with the line that the person wrote. */
  private static String inOwnLines(String name, String error, MergedYaml merged) {
    Matcher form = Pattern.compile("^" + Pattern.quote(name) + ":(\\d+): (.*)$").matcher(error);
    if (!form.matches()) {
      return error;
    }
    int line = merged.ownLine(Integer.parseInt(form.group(1)));
    return line == 0
        ? name + ": against the demo's own: " + form.group(2)
        : name + ":" + line + ": " + form.group(2);
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new Failure("--config: " + file + " (expected: at most 1 MiB)");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Failure(
          "--config: " + file + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static ObjectNode shipped() {
    try (InputStream in = DemoConfiguration.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is not in the program");
      }
      return (ObjectNode) YAML.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(SHIPPED + " cannot be read", e);
    }
  }

  private static void settle(ObjectNode whole, String issuer, String publicUrl, int targetPort) {
    ObjectNode listen = whole.withObjectProperty("listen");
    listen.put("publicUrl", publicUrl).put("bind", "127.0.0.1").put("plaintext", "loopback");
    ArrayNode secrets = whole.withArrayProperty("secrets");
    secrets.removeAll().add(PASSWORD);
    ArrayNode oidc = whole.withObjectProperty("identity").withArrayProperty("oidc");
    for (JsonNode provider : oidc) {
      ((ObjectNode) provider).put("issuer", issuer).put("audience", DemoIdentityProvider.AUDIENCE);
    }
    for (JsonNode target : whole.withArrayProperty("targets")) {
      if (target.path("name").asText().equals(TARGET)) {
        ObjectNode orders = (ObjectNode) target;
        orders.put("address", "127.0.0.1:" + targetPort).put("tls", "disable");
        orders
            .withObjectProperty("credential")
            .put("username", DemoTarget.ROLE)
            .put("password", "${file:" + PASSWORD + "}");
      }
    }
  }
}
