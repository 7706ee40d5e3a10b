package countersign.store.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.event.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event's stored form, frozen: what was once written must be read for ever. A file that is
 * missing is written once by a test that fails; it is then looked at and committed, and never
 * changed again. A change of shape is a new version with a file of its own. (Until the first
 * release, which nothing has to be read from, a file may be deleted and written anew.)
 */
class GoldenFilesTest {
  private static final Path FILES = Path.of("src/test/resources/golden");
  private static final JsonMapper JSON = EventTypes.mapper();

  static Stream<EventType> types() {
    return new EventTypes().all().stream().sorted(Comparator.comparing(EventType::name));
  }

  @ParameterizedTest
  @MethodSource("types")
  void readsWhatWasOnceWritten(EventType type) throws Exception {
    Path file = FILES.resolve(type.name() + ".v" + type.version() + ".json");
    if (!Files.exists(file)) {
      write(file, type.write((Event) Sample.of(type.shape())));
      fail(file + " was missing and is written now: look at it and commit it");
    }
    Event event = read(type, file);
    assertThat(event).isInstanceOf(type.shape());
    EventType.Halves again = type.write(event);
    assertThat(type.read(again.clear(), again.sealed()))
        .usingRecursiveComparison()
        .isEqualTo(event);
    assertThat(Stream.of(type.shape().getRecordComponents()).map(c -> value(c, event)))
        .as("a golden file leaves nothing out")
        .doesNotContainNull();
  }

  @Test
  void readsEveryFileEverWritten() throws IOException {
    EventTypes types = new EventTypes();
    try (Stream<Path> files = Files.list(FILES)) {
      for (Path file : files.toList()) {
        String[] parts = file.getFileName().toString().split("\\.v|\\.json");
        Optional<EventType> type = types.find(parts[0], Integer.parseInt(parts[1]));
        assertThat(type).as("%s", file).isPresent();
        assertThat(read(type.orElseThrow(), file)).isInstanceOf(type.orElseThrow().shape());
      }
    }
  }

  @Test
  void missesNoEventOfTheMessages() throws Exception {
    Path messages =
        Path.of(Event.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(messages)) {
      missesNone(messages);
      return;
    }
    // A build that has packaged the module gives its jar.
    try (FileSystem jar = FileSystems.newFileSystem(messages)) {
      missesNone(jar.getPath("/"));
    }
  }

  private static void missesNone(Path messages) throws IOException {
    List<Class<?>> known = types().<Class<?>>map(EventType::shape).toList();
    try (Stream<Path> classes = Files.walk(messages)) {
      List<Class<?>> events =
          classes
              .map(file -> messages.relativize(file).toString())
              .filter(name -> name.endsWith(".class") && !name.contains("-info"))
              .<Class<?>>map(GoldenFilesTest::load)
              .filter(type -> type.isRecord() && Event.class.isAssignableFrom(type))
              .toList();
      assertThat(known).hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(events);
    }
  }

  @Test
  void failsOnAComponentItDoesNotKnow() throws Exception {
    EventType type = new EventTypes().find("ApprovalRequested", 1).orElseThrow();
    EventType.Halves halves = type.write((Event) Sample.of(type.shape()));
    ObjectNode sealed = (ObjectNode) JSON.readTree(halves.sealed());
    ((ObjectNode) sealed.get("held")).put("restriction", "new");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> type.read(halves.clear(), JSON.writeValueAsBytes(sealed))))
        .isInstanceOf(IOException.class)
        .hasMessage("ApprovalRequested v1: held: UnrecognizedPropertyException");
  }

  private static Event read(EventType type, Path file) throws IOException {
    JsonNode golden = JSON.readTree(file.toFile());
    byte[] sealed =
        golden.has("bytes")
            ? HexFormat.of().parseHex(golden.get("bytes").textValue())
            : golden.has("sealed") ? JSON.writeValueAsBytes(golden.get("sealed")) : new byte[0];
    return type.read(JSON.writeValueAsBytes(golden.get("clear")), sealed);
  }

  private static void write(Path file, EventType.Halves halves) throws IOException {
    ObjectNode golden = JSON.createObjectNode();
    golden.set("clear", JSON.readTree(halves.clear()));
    if (halves.sealed().length > 0) {
      if (halves.sealed()[0] == '{') {
        golden.set("sealed", JSON.readTree(halves.sealed()));
      } else {
        golden.put("bytes", HexFormat.of().formatHex(halves.sealed()));
      }
    }
    Files.createDirectories(FILES);
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(golden);
    Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name.substring(0, name.length() - 6).replace('/', '.'));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object value(java.lang.reflect.RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
