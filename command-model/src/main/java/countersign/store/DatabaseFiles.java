package countersign.store;

import countersign.retention.Forgetting;
import countersign.session.SessionId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * PostgreSQL keeps rows that were deleted or changed in its files and its write-ahead log. Of
 * erased sessions those are names and times alone, all words being sealed; here they go too: tables
 * of the read models that hold names are written anew, a checkpoint follows, and segments of the
 * log before it are removed. Where PostgreSQL is not ours to checkpoint, its own schedule does
 * that, and its backups are its owner's.
 */
public final class DatabaseFiles implements Forgetting {
  private static final Logger LOG = Logger.getLogger(DatabaseFiles.class);

  /** Tables with names in the clear, for lists to be filtered and sorted by. */
  private static final List<String> TABLES = List.of("view.sessions", "view.approvals");

  private final StoreSettings settings;

  /** Works as the owner. */
  public DatabaseFiles(StoreSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return settings.dataDirectory() == null ? "database tables" : "database files";
  }

  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("database-files")
        .start(() -> {
          try {
            rewrite();
            done.complete(null);
          } catch (SQLException | RuntimeException e) {
            done.completeExceptionally(
                new IllegalStateException("store: not rewritten: " + e.getMessage(), e));
          }
        });
    return done;
  }

  private void rewrite() throws SQLException {
    try (Connection connection = Owner.connect(settings);
        Statement statement = connection.createStatement()) {
      // Readers of these lists wait for the length of a copy, never for a stranger's lock.
      statement.execute("set lock_timeout = '10s'");
      statement.execute("set statement_timeout = '240s'");
      for (String table : TABLES) {
        if (exists(statement, table)) {
          statement.execute("vacuum (full, analyze) " + table);
        }
      }
      if (settings.dataDirectory() != null) {
        statement.execute("select pg_switch_wal()");
        statement.execute("checkpoint");
      }
    }
    LOG.infof(
        "database=rewritten tables=%d checkpoint=%b",
        TABLES.size(), settings.dataDirectory() != null);
  }

  private static boolean exists(Statement statement, String table) throws SQLException {
    try (ResultSet found =
        statement.executeQuery("select to_regclass('" + table + "') is not null")) {
      return found.next() && found.getBoolean(1);
    }
  }
}
