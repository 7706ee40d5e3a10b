package countersign.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Style as a test: names, sizes and words that the house agreed on. */
final class TidyTest {
  private static final Path ROOT = root();
  private static final int LONGEST_FILE = 600;

  /** One word for one thing; what people may say is not what code says. */
  private static final Pattern BANNED_NAME =
      Pattern.compile("(?i).*(util|utils|helper|manager|impl|common|guardrail|verdict)s?\\.java$");

  private static final Pattern BANNED_TYPE =
      Pattern.compile("\\b(class|record|interface|enum) (Actor|Guardrail|Verdict|Backend)\\b");

  private static final Pattern REGISTRY =
      Pattern.compile("registry\\.npm|repo1?\\.maven|repo\\.maven\\.apache|deb\\.debian\\.org");

  @Test
  void noFileHasANameThatSaysNothing() throws IOException {
    assertThat(sources().filter(file -> BANNED_NAME.matcher(file.toString()).matches())).isEmpty();
  }

  @Test
  void noTypeUsesAWordOfAnotherVocabulary() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources().toList()) {
      BANNED_TYPE
          .matcher(Files.readString(file))
          .results()
          .forEach(m -> found.add(file + ": " + m.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void everyFileFitsInTheHead() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources().toList()) {
      long lines;
      try (Stream<String> all = Files.lines(file)) {
        lines = all.count();
      }
      if (lines > LONGEST_FILE) {
        found.add(
            ROOT.relativize(file) + ": " + lines + " lines (expected: <= " + LONGEST_FILE + ")");
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void nothingIsLeftHalfDone() throws IOException {
    Pattern mark = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    List<String> found = new ArrayList<>();
    for (Path file : sources().toList()) {
      mark.matcher(Files.readString(file))
          .results()
          .forEach(m -> found.add(file + ": " + m.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noFileNamesARegistry() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(ROOT, 2)) {
      for (Path file :
          all.filter(Files::isRegularFile)
              .filter(f ->
                  f.toString().endsWith(".xml")
                      || f.toString().endsWith(".json")
                      || f.toString().endsWith(".md")
                      || f.getFileName().toString().equals("mvnw")
                      || f.getFileName().toString().equals("countersign"))
              .toList()) {
        REGISTRY
            .matcher(Files.readString(file))
            .results()
            .forEach(m -> found.add(file + ": " + m.group()));
      }
    }
    assertThat(found).isEmpty();
  }

  private static Stream<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.filter(Files::isDirectory).toList()) {
        Path source = module.resolve("src");
        if (Files.isDirectory(source)) {
          try (Stream<Path> files = Files.walk(source)) {
            files.filter(f -> f.toString().endsWith(".java")).forEach(found::add);
          }
        }
      }
    }
    assertThat(found).as("sources below %s", ROOT).hasSizeGreaterThan(50);
    return found.stream();
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (here != null && !Files.exists(here.resolve("mvnw"))) {
      here = here.getParent();
    }
    if (here == null) {
      throw new IllegalStateException("not inside a checkout");
    }
    return here;
  }
}
