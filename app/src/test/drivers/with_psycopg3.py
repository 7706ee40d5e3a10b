import psycopg
from psycopg import pq, sql
from psycopg.rows import dict_row
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.enum import EnumInfo
from psycopg.types.json import Jsonb
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

connection = psycopg.connect("", autocommit=True)
notices = []
connection.add_notice_handler(lambda diagnostic: notices.append(diagnostic.message_primary))

# What the driver asks the catalogue.
assert TypeInfo.fetch(connection, "timestamptz").oid == 1184
assert TypeInfo.fetch(connection, "nobody") is None
assert EnumInfo.fetch(connection, "nobody") is None
assert CompositeInfo.fetch(connection, "payments").field_names[0] == "id"
assert RangeInfo.fetch(connection, "int4range").subtype_oid == 23
assert MultirangeInfo.fetch(connection, "int4multirange").range_oid == 3904

# Parameters of the server, as text and binary, prepared and not.
for binary in (False, True):
    with connection.cursor(binary=binary, row_factory=dict_row) as cursor:
        for n in range(8):
            cursor.execute("select %s::int as n, %s::text as t, %s::jsonb as j", (n, "é'\\", Jsonb({"n": n})))
            assert cursor.fetchone() == {"n": n, "t": "é'\\", "j": {"n": n}}
    with connection.cursor(binary=binary) as cursor:
        cursor.execute("select id, amount, currency, created_at from payments where id = any(%s) order by id", ([40, 41],), prepare=True)
        assert [r[0] for r in cursor.fetchall()] == [40, 41]
with connection.cursor() as cursor:
    cursor.executemany("select %s::int", [(1,), (2,), (3,)], returning=True)
    assert cursor.fetchone() == (1,) and cursor.nextset() and cursor.fetchone() == (2,)

# Pipelines, transactions in transactions, cursors of the server, COPY.
with connection.pipeline():
    answers = [connection.execute("select %s::int", (n,)) for n in range(20)]
assert [a.fetchone()[0] for a in answers] == list(range(20))
with connection.transaction():
    connection.execute("select 1")
    try:
        with connection.transaction():
            connection.execute("select 1/0")
    except psycopg.errors.DivisionByZero:
        pass
    assert connection.execute("select count(*) from people").fetchone()[0] > 1000
    with connection.cursor("many") as many:
        many.execute("select id from payments order by id")
        assert len(many.fetchmany(700)) == 700 and len(many.fetchall()) > 9_000
with connection.cursor() as cursor:
    with cursor.copy("copy (select id, status from payments where id <= 100) to stdout (format binary)") as copy:
        copy.set_types(["int4", "text"])
        assert sum(1 for _ in copy.rows()) > 50
try:
    with connection.pipeline():
        connection.execute("select 1")
        connection.execute("grant select on people to public")
        connection.execute("select 2")
    raise SystemExit("no refusal")
except psycopg.errors.InsufficientPrivilege as e:
    assert "ask the platform team" in str(e), e
assert connection.info.transaction_status == pq.TransactionStatus.IDLE
statement = sql.SQL("select {} from {} limit 1").format(sql.Identifier("id"), sql.Identifier("people"))
assert connection.execute(statement).fetchone()

# Held, approved, and on; inside a transaction too.
assert connection.execute("delete from payments where id = %s /* psycopg3 yes */", (201,)).rowcount == 1
assert any(n.startswith("countersign: held apr-") for n in notices), notices
assert connection.execute("select count(*) from payments where id = 201").fetchone() == (0,)
try:
    with connection.transaction():
        connection.execute("select 1")
        connection.execute("delete from payments where id = %s /* psycopg3 no */", (202,))
    raise SystemExit("no refusal")
except psycopg.errors.InsufficientPrivilege as e:
    assert "not that one" in str(e), e
assert connection.execute("select count(*) from payments where id = 202").fetchone() == (1,)
connection.close()
