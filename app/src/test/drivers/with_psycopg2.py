import psycopg2
import psycopg2.errorcodes
import psycopg2.extensions
import psycopg2.extras
import io

connection = psycopg2.connect("")
cursor = connection.cursor()

# Values of many types, and what the driver asks the catalogue for them.
psycopg2.extras.register_uuid()
assert psycopg2.extras.HstoreAdapter.get_oids(connection) is not None
cursor.execute(
    "select %s::int, %s::text, %s::numeric, %s::timestamptz is not null, %s::text[], %s::jsonb, %s::bytea",
    (1, "é'\\", 1.5, "2024-01-01T00:00:00Z", ["a", "b"], psycopg2.extras.Json({"a": 1}), b"\x00\xff"),
)
row = cursor.fetchone()
assert row[:3] == (1, "é'\\", 1.5) and row[4:6] == (["a", "b"], {"a": 1}) and bytes(row[6]) == b"\x00\xff", row
cursor.execute("select id, amount, created_at from payments where id between %s and %s order by id", (30, 39))
assert [r[0] for r in cursor.fetchall()] == list(range(30, 40))
assert connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_INTRANS
connection.rollback()

# A cursor of the server, rows in parts, and COPY.
with connection.cursor("many", withhold=False) as many:
    many.itersize = 500
    many.execute("select id from payments order by id")
    assert sum(1 for _ in many) > 10_000
connection.commit()
out = io.StringIO()
cursor.copy_expert("copy (select id, status from payments where id <= 100 order by id) to stdout with csv", out)
assert len(out.getvalue().splitlines()) > 50
connection.commit()

# Errors of the server are its own, and the transaction is failed until it ends.
try:
    cursor.execute("select nobody from payments")
    raise SystemExit("no error")
except psycopg2.errors.UndefinedColumn as e:
    assert e.diag.statement_position == "8", e.diag.statement_position
try:
    cursor.execute("select 1")
    raise SystemExit("no error")
except psycopg2.errors.InFailedSqlTransaction:
    pass
connection.rollback()

# Savepoints, autocommit, encoding.
cursor.execute("savepoint a")
cursor.execute("select 1")
cursor.execute("rollback to savepoint a")
connection.commit()
connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
cursor.execute("select count(*) from people")
connection.commit()
connection.set_session(isolation_level="DEFAULT", autocommit=True)
connection.set_client_encoding("UTF8")
cursor.execute("select 1")

# Held, approved, and on.
cursor.execute("delete from payments where id = %s /* psycopg2 yes */", (101,))
assert cursor.rowcount == 1, cursor.rowcount
assert "countersign: held apr-" in "".join(connection.notices), connection.notices
cursor.execute("select count(*) from payments where id = 101")
assert cursor.fetchone() == (0,)
try:
    cursor.execute("delete from payments where id = %s /* psycopg2 no */", (102,))
    raise SystemExit("no refusal")
except psycopg2.errors.InsufficientPrivilege as e:
    assert "not that one" in str(e), e
cursor.execute("select count(*) from payments where id = 102")
assert cursor.fetchone() == (1,)
connection.close()
