package countersign.app.start;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds out whether a TCP port can be listened on, and who has it when not (Linux: /proc). */
public final class PortCheck {
  private PortCheck() {}

  /** Whether something listens there, or the port cannot be bound for another reason. */
  public static boolean taken(String bind, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the listeners themselves do: a port in TIME_WAIT is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  /**
   * Names the owner of a listening port.
   *
   * @return such as {@code postgres (process 4711)}; {@code another process} when the kernel does
   *     not tell this account
   */
  public static String owner(int port) {
    Set<String> inodes = sockets(port, true);
    if (inodes.isEmpty()) {
      inodes = sockets(port, false);
    }
    if (inodes.isEmpty()) {
      return "another process";
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, inodes)) {
          return name(process) + " (process " + process.getFileName() + ")";
        }
      }
    } catch (IOException _) {
      // No /proc here: the port is taken all the same.
    }
    return "another process";
  }

  /**
   * Whether somebody listens there. When nobody does and the port is taken all the same, then by
   * the near end of somebody's connection, which the kernel gave it by chance: our ports lie in the
   * range it takes them from. That passes.
   */
  static boolean listening(int port) {
    return !sockets(port, true).isEmpty();
  }

  private static Set<String> sockets(int port, boolean listening) {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      collect(Path.of(table), port, listening, inodes);
    }
    return inodes;
  }

  /** Lines of proc(5): {@code sl local_address rem_address st … inode}; state 0A listens. */
  private static void collect(Path table, int port, boolean listening, Set<String> inodes) {
    String wanted = String.format(Locale.ROOT, ":%04X", port);
    try {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > 9
            && fields[1].endsWith(wanted)
            && (!listening || fields[3].equals("0A"))) {
          inodes.add("socket:[" + fields[9] + "]");
        }
      }
    } catch (IOException _) {
      // One of the two tables may be missing; the other still tells.
    }
  }

  private static boolean holds(Path process, Set<String> inodes) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && inodes.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException _) {
      // Another account's process, or one that ended meanwhile.
    }
    return false;
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException _) {
      return "a process";
    }
  }
}
