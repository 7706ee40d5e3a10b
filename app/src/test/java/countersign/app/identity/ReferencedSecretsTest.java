package countersign.app.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReferencedSecretsTest {
  @TempDir Path directory;

  private ReferencedSecrets secrets(String... names) {
    return new ReferencedSecrets(
        () -> Set.of(names),
        Map.of("ORDERS_PW", "from-env", "PATH", "/bin"),
        directory,
        name -> name.equals("orders") ? Optional.of("was-set".toCharArray()) : Optional.empty());
  }

  private Path file(String name, String text, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void resolvesListedNamesOfBothKinds() throws IOException {
    Path elsewhere = file("key", "from-file\n", "rw-------");
    assertThat(secrets("ORDERS_PW").resolve("${env:ORDERS_PW}"))
        .containsExactly("from-env".toCharArray());
    assertThat(secrets("key").resolve("${file:key}")).containsExactly("from-file".toCharArray());
    assertThat(secrets(elsewhere.toString()).resolve("${file:" + elsewhere + "}"))
        .containsExactly("from-file".toCharArray());
  }

  @Test
  void resolvesWhatWasSetAndSaysHowToSetIt() {
    assertThat(secrets().resolve("${secret:orders}")).containsExactly("was-set".toCharArray());
    assertThatThrownBy(() -> secrets().resolve("${secret:web}"))
        .hasMessage("secret: ${secret:web} was not set (expected: countersign secret set web)");
  }

  @Test
  void reachesNothingThatIsNotListed() {
    assertThatThrownBy(() -> secrets("key").resolve("${env:PATH}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("secret: ${env:PATH} (expected: a name listed under secrets:)");
    assertThatThrownBy(() -> secrets("key").resolve("${file:/etc/passwd}"))
        .hasMessageContaining("listed under secrets:");
    assertThatThrownBy(() -> secrets("../key").resolve("${file:../key}"))
        .hasMessageContaining("inside");
  }

  @Test
  void refusesAFileThatOthersCanRead() throws IOException {
    file("key", "top-secret", "rw-r-----");
    assertThatThrownBy(() -> secrets("key").resolve("${file:key}"))
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining("top-secret");
  }

  @Test
  void refusesWhatHoldsNothingOrIsNoReference() throws IOException {
    file("key", "\n", "rw-------");
    assertThatThrownBy(() -> secrets("key").resolve("${file:key}")).hasMessageContaining("a value");
    assertThatThrownBy(() -> secrets("NONE").resolve("${env:NONE}"))
        .hasMessageContaining("environment variable NONE");
    assertThatThrownBy(() -> secrets("key").resolve("hunter2"))
        .hasMessageContaining("not a reference")
        .hasMessageNotContaining("hunter2");
  }
}
