import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the test classes that are named after the report file, and writes what becomes of each test as
 * it happens: {@code kind TAB test TAB milliseconds TAB words}, so that a run that is ended from
 * outside leaves what it had. Settings of JUnit's come as system properties.
 */
final class RunTests implements TestExecutionListener {
  private final PrintWriter report;
  private final Map<String, Long> begun = new ConcurrentHashMap<>();

  private RunTests(PrintWriter report) {
    this.report = report;
  }

  public static void main(String[] words) throws Exception {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Arrays.stream(words).skip(1).map(DiscoverySelectors::selectClass).toList())
            .build();
    try (PrintWriter report =
        new PrintWriter(Files.newBufferedWriter(Path.of(words[0]), StandardCharsets.UTF_8))) {
      LauncherFactory.create().execute(request, new RunTests(report));
    }
    System.exit(0); // whatever threads the tests left
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    begun.put(test.getUniqueId(), System.nanoTime());
    if (test.isTest()) {
      say("started", test, "");
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    say("skipped", test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String why = result.getThrowable().map(RunTests::words).orElse("");
    switch (result.getStatus()) {
      case SUCCESSFUL -> say(test.isTest() ? "passed" : "ended", test, "");
      case ABORTED -> say("skipped", test, why);
      case FAILED -> say("failed", test, why);
    }
  }

  private static String words(Throwable thrown) {
    return thrown.getClass().getName() + ": " + thrown.getMessage();
  }

  /** Class, method and invocation, without the engine that runs them. */
  private static String name(TestIdentifier test) {
    return test.getUniqueIdObject().getSegments().stream()
        .skip(1)
        .map(segment -> segment.getValue())
        .collect(Collectors.joining("/"));
  }

  private synchronized void say(String kind, TestIdentifier test, String words) {
    String name = name(test);
    if (name.isEmpty()) {
      return; // an engine
    }
    Long since = begun.get(test.getUniqueId());
    long millis = since == null ? 0 : (System.nanoTime() - since) / 1_000_000;
    String line = words.replaceAll("\\s+", " ").strip();
    report.println(kind + "\t" + name + "\t" + millis + "\t" + line);
    report.flush();
  }
}
