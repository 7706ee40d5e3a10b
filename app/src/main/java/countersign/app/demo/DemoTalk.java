package countersign.app.demo;

import java.io.PrintStream;

/** What the demo says once it serves: the block that a newcomer pastes. */
final class DemoTalk {
  private DemoTalk() {}

  /** Prints the block, and last the line that says it is ready. */
  static void print(PrintStream out, String url, int port, boolean offset) {
    out.println();
    out.println("Sign in, each link for 15 minutes:");
    for (DemoPeople.Person person : DemoPeople.ALL) {
      out.printf("  %-40s %s%n", url + "/demo/as/" + person.name(), person.may());
    }
    out.println();
    out.println("As a caller, in another terminal:");
    out.println();
    if (offset) {
      out.println("export COUNTERSIGN_URL=" + url);
    }
    out.println("export PGPASSWORD=$(./countersign token --as agent-ada)");
    out.println(
        "psql \"host=localhost port="
            + port
            + " user=agent-ada dbname=orders sslmode=verify-full"
            + " sslrootcert=$(./countersign ca)\"     # dbname = target, or target/database");
    out.println(
        "delete from payments where id = 1;      -- waits; in a second terminal:"
            + (offset ? "  export COUNTERSIGN_URL=" + url + ";" : "")
            + "  COUNTERSIGN_TOKEN=$(./countersign token --as bob) ./countersign approve apr-…");
    out.println();
    out.println("Countersign is ready");
    out.flush();
  }
}
