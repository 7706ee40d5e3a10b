package countersign.edge.grammar;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jboss.logging.Logger;

/**
 * How the JVM compiles Graal's compiler, which is Java code itself and runs only until the grammar
 * is machine code. HotSpot's optimizing compiler would spend more on it than it ever gains: on two
 * cores half of all work of the first minutes. So it keeps what HotSpot's first compiler makes.
 * Source: HotSpot's compiler directives (JEP 165), given through the diagnostic commands of
 * jdk.management.
 */
final class GraalCode {
  private static final Logger LOG = Logger.getLogger(GraalCode.class);

  private static final String DIRECTIVES =
      """
      [{match: ["jdk/graal/compiler/*.*", "com/oracle/truffle/compiler/*.*"], c2: {Exclude: true}}]
      """;

  private GraalCode() {}

  /** Spares the optimizing compiler that work, for this JVM; where it cannot, things are slower. */
  static void compileSimply() {
    try {
      Path file = Files.createTempFile("countersign", ".directives");
      try {
        Files.writeString(file, DIRECTIVES);
        Object said =
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "compilerDirectivesAdd",
                    new Object[] {new String[] {file.toString()}},
                    new String[] {String[].class.getName()});
        LOG.debugf("graal=simple said=%s", String.valueOf(said).strip());
      } finally {
        Files.delete(file);
      }
    } catch (IOException | JMException | RuntimeException e) {
      LOG.infof("graal=optimized why=%s: warming up takes longer", e.getMessage());
    }
  }
}
