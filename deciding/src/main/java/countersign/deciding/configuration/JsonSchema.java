package countersign.deciding.configuration;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema of the configuration file (draft 2020-12), for editors. It comes from the same
 * table as the reader, so it says what the reader says about keys, types and forms; what needs more
 * than one place of the file (names, references, clashes) only the reader says.
 */
public final class JsonSchema {
  private static final String RESOURCE = "countersign-v1.schema.json";

  private JsonSchema() {}

  /** Returns the schema as shipped. */
  public static String text() {
    try (InputStream in = JsonSchema.class.getResourceAsStream("/" + RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + ": absent (expected: in the jar)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Draws the schema from the table. */
  static String drawn() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$id", "urn:countersign:schema:countersign-v1");
    root.put("title", "Countersign configuration");
    root.putAll(of(Table.FILE));
    try {
      return new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(root)
              .replace("\r\n", "\n")
          + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> of(Shape shape) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (shape) {
      case Shape.Text text -> {
        schema.put("type", "string");
        schema.put("pattern", text.form().schemaPattern());
      }
      case Shape.Number number -> {
        schema.put("type", "integer");
        schema.put("minimum", number.least());
        schema.put("maximum", number.most());
      }
      case Shape.Choice choice -> {
        if (choice.words().isEmpty()) {
          schema.put("not", Map.of());
        } else {
          schema.put("enum", choice.words());
        }
      }
      case Shape.Off _ -> schema.put("const", false);
      case Shape.Many many -> {
        schema.put("type", "array");
        schema.put("minItems", 1);
        schema.put("items", of(many.each()));
      }
      case Shape.TextOrMany either ->
          schema.put("oneOf", List.of(of(either.text()), of(either.many())));
      case Shape.TextOrKeyed either ->
          schema.put("oneOf", List.of(of(either.text()), of(either.keyed())));
      case Shape.Keyed keyed -> {
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        schema.put("properties", properties(keyed));
        List<String> required =
            keyed.keys().stream().filter(Shape.Key::required).map(Shape.Key::name).toList();
        if (!required.isEmpty()) {
          schema.put("required", required);
        }
      }
      case Shape.Later _ -> schema.put("not", Map.of());
    }
    return schema;
  }

  private static Map<String, Object> properties(Shape.Keyed keyed) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Shape.Key key : keyed.keys()) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("description", key.words());
      schema.putAll(of(key.shape()));
      properties.put(key.name(), schema);
    }
    return properties;
  }
}
