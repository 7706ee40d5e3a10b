package countersign.store.group;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The writer's one connection. What it sends goes out in one flight: begin and lock, judge and
 * insert, commit; the answers come back in order.
 */
public final class Link {
  private static final String BEGIN =
      "begin; select pg_advisory_xact_lock(" + 0x434f_554e_5445_5253L + ")";

  private final PgConnection connection;
  private final PreparedStatement insert;

  private Link(PgConnection connection, PreparedStatement insert) {
    this.connection = connection;
    this.insert = insert;
  }

  /** Prepares a connection that was just opened. */
  public static Future<Link> prepare(PgConnection connection) {
    return connection.prepare(BatchSql.TEXT).map(insert -> new Link(connection, insert));
  }

  /** What became of a flight: the row of judgements once it is committed. */
  Future<Batch.Judged> fly(Tuple arguments) {
    Future<RowSet<Row>> begun = connection.query(BEGIN).execute();
    Future<RowSet<Row>> judged = insert.query().execute(arguments);
    Future<RowSet<Row>> committed = connection.query("commit").execute();
    // After an error PostgreSQL answers "commit" with a rollback: success of all three it is.
    return begun
        .compose(_ -> judged)
        .compose(rows -> committed.map(_ -> Batch.Judged.of(rows.iterator().next())))
        .recover(
            why -> Future.join(begun, judged, committed).transform(_ -> Future.failedFuture(why)));
  }

  /**
   * Ends every other connection of this writer and waits until it is gone, so that nothing of it
   * can still commit.
   *
   * @return whether all are gone
   */
  Future<Boolean> endOthers(String writerName) {
    return connection
        .preparedQuery(
            "select coalesce(bool_and(pg_terminate_backend(pid, 2000)), true)"
                + " from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()")
        .execute(Tuple.of(writerName))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  /** Ids and positions of what a batch put into the log; empty when it did not commit. */
  Future<Map<UUID, Long>> find(UUID writer, long batch) {
    return connection
        .preparedQuery(
            "select e.id, e.position from log.appended a join log.events e"
                + " on e.position between a.first and a.last where a.writer = $1 and a.batch = $2")
        .execute(Tuple.of(writer, batch))
        .map(rows -> {
          Map<UUID, Long> found = new HashMap<>();
          rows.forEach(row -> found.put(row.getUUID(0), row.getLong(1)));
          return found;
        });
  }

  void onEnd(Runnable ended) {
    connection.closeHandler(_ -> ended.run());
  }

  Future<Void> close() {
    return connection.close();
  }
}
