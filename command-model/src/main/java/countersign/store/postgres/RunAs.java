package countersign.store.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/**
 * How PostgreSQL's programs are started. They refuse user id 0, so root runs them as {@code nobody}
 * on a directory that belongs to it; when {@code nobody} cannot reach the directory (it lies below
 * {@code /root}), in a user namespace where root has no powers.
 *
 * @param prefix what stands before the program
 * @param owner user id that must own the files
 */
record RunAs(List<String> prefix, int owner) {
  private static final int NOBODY = 65534;

  /** Chooses for a directory that exists; one that was used before keeps its owner. */
  static RunAs forDirectory(Path directory, boolean usedBefore) throws IOException {
    List<String> alone = inPath("setsid") ? List.of("setsid") : List.of();
    if (!weAreRoot()) {
      return new RunAs(alone, us());
    }
    int owner = usedBefore ? owner(directory) : reachableByOthers(directory) ? NOBODY : 0;
    if (owner != 0 && inPath("setpriv")) {
      String id = Integer.toString(owner);
      return new RunAs(
          and(alone, "setpriv", "--reuid", id, "--regid", id, "--clear-groups"), owner);
    }
    if (owner == 0 && inPath("unshare")) {
      return new RunAs(and(alone, "unshare", "-U"), 0);
    }
    throw new IOException(
        "PostgreSQL does not run as root, and neither setpriv nor unshare is there"
            + " (expected: start as another user, or install util-linux)");
  }

  /** Gives a file or directory to whom PostgreSQL runs as. */
  void give(Path path) throws IOException {
    if (weAreRoot()) {
      Files.setAttribute(path, "unix:uid", owner);
      Files.setAttribute(path, "unix:gid", owner);
    }
  }

  /** Returns the whole command line. */
  List<String> command(Path program, List<String> arguments) {
    List<String> all = new ArrayList<>(prefix);
    all.add(program.toString());
    all.addAll(arguments);
    return all;
  }

  static boolean weAreRoot() throws IOException {
    return us() == 0;
  }

  static int us() throws IOException {
    return owner(Path.of("/proc/self"));
  }

  static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  private static boolean reachableByOthers(Path directory) throws IOException {
    for (Path at = directory.toRealPath(); at != null; at = at.getParent()) {
      if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean inPath(String program) {
    for (String directory : System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private static List<String> and(List<String> first, String... rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(rest));
    return all;
  }
}
