package countersign.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that a load run starts. */
final class Processes {
  private Processes() {}

  /** Runs a program to its end; its output, or an exception with it. */
  static String run(Map<String, String> environment, List<String> line)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", line) + ":\n" + output);
    }
    return output;
  }

  /** pgbench on PATH or where Debian keeps it. */
  static String pgbench() throws IOException {
    return find("pgbench")
        .orElseThrow(() -> new IOException("no pgbench (apt-get install postgresql-contrib)"))
        .toString();
  }

  static Optional<Path> find(String program) throws IOException {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin") + ":/usr/sbin";
    for (String folder : path.split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return Optional.of(Path.of(folder, program));
      }
    }
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(v -> v.resolve("bin").resolve(program))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /** CPU time of a process so far, user and system, in microseconds. */
  static long cpuMicros(long pid) throws IOException {
    return ticks(pid, 11) + ticks(pid, 12);
  }

  /** CPU time of the children of a process that ended and were waited for, in microseconds. */
  static long childrenMicros(long pid) throws IOException {
    return ticks(pid, 13) + ticks(pid, 14);
  }

  /** CPU time of a process, of what descends from it and of what ended below it. */
  static long treeMicros(long pid) throws IOException {
    long sum = cpuMicros(pid) + childrenMicros(pid);
    for (ProcessHandle each :
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).toList()) {
      try {
        sum += cpuMicros(each.pid()) + childrenMicros(each.pid());
      } catch (IOException e) {
        // It ended meanwhile; whoever waited for it has its time from now on.
      }
    }
    return sum;
  }

  private static long ticks(long pid, int field) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]) * 10_000;
  }
}
