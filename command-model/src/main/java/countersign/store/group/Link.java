package countersign.store.group;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The writer's one connection. A batch is one message and one transaction; its answer comes after
 * the commit.
 */
public final class Link {
  private final PgConnection connection;
  private final PreparedStatement insert;
  private final PreparedStatement one;
  private final PreparedStatement notice;

  private Link(
      PgConnection connection,
      PreparedStatement insert,
      PreparedStatement one,
      PreparedStatement notice) {
    this.connection = connection;
    this.insert = insert;
    this.one = one;
    this.notice = notice;
  }

  /** Prepares a connection that was just opened. */
  public static Future<Link> prepare(PgConnection connection) {
    return connection
        .prepare(BatchSql.TEXT)
        .compose(insert ->
            connection
                .prepare(BatchSql.ONE)
                .compose(one ->
                    connection
                        .prepare("select pg_notify('countersign_log', $1)")
                        .map(notice -> new Link(connection, insert, one, notice))));
  }

  /**
   * Sends a batch; what was judged, once it is committed.
   *
   * @param notify whether other processes are told of the new head
   * @param places where sessions stand
   */
  Future<Batch.Judged> fly(UUID writer, Batch batch, boolean notify, Places places) {
    List<Pending> items = batch.items();
    if (BatchSql.isOne(items)) {
      Row row = items.getFirst().rows.getFirst();
      return one.query()
          .execute(BatchSql.one(writer, batch.number(), notify, places, row))
          .map(rows -> Batch.Judged.ofOne(rows.iterator().next().getLong(0)));
    }
    return insert
        .query()
        .execute(BatchSql.arguments(writer, batch.number(), notify, places, items))
        .map(rows -> Batch.Judged.of(rows.iterator().next()));
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

  /** Notifies of a head outside of a batch. */
  Future<Void> tell(long head) {
    return notice.query().execute(Tuple.of(Long.toString(head))).mapEmpty();
  }

  void onEnd(Runnable ended) {
    connection.closeHandler(_ -> ended.run());
  }

  Future<Void> close() {
    return connection.close();
  }
}
