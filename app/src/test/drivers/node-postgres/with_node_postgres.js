import assert from "node:assert/strict";
import fs from "node:fs";
import pg from "pg";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";

const settings = {
  host: process.env.PGHOST,
  ssl: { ca: fs.readFileSync(process.env.PGSSLROOTCERT, "utf8"), servername: process.env.PGHOST },
};
const client = new pg.Client(settings);
const notices = [];
client.on("notice", (notice) => notices.push(notice.message));
await client.connect();

const values = await client.query(
  "select $1::int as n, $2::text as t, $3::jsonb as j, $4::text[] as a, $5::bytea as b, $6::timestamptz as at",
  [1, "é'\\", { a: 1 }, ["x", "y"], Buffer.from([0, 255]), new Date("2024-01-01T00:00:00Z")],
);
assert.deepEqual(values.rows[0].j, { a: 1 });
assert.equal(values.rows[0].at.toISOString(), "2024-01-01T00:00:00.000Z");
assert.deepEqual(values.fields.map((f) => f.name), ["n", "t", "j", "a", "b", "at"]);
for (let n = 0; n < 3; n++) {
  const named = { name: "by-id", text: "select id, amount from payments where id = $1", values: [50 + n] };
  assert.equal((await client.query(named)).rows[0].id, 50 + n);
}
const two = await client.query("select 1 as a; select 2 as b");
assert.deepEqual(two.map((r) => r.rows[0]), [{ a: 1 }, { b: 2 }]);
assert.equal((await client.query({ text: "select 1, 2", rowMode: "array" })).rows[0][1], 2);
const types = await client.query("select oid, typname, typarray from pg_type where typtype in ('b', 'e') order by oid");
assert.ok(types.rowCount > 80);

const cursor = client.query(new Cursor("select id from payments order by id"));
assert.equal((await cursor.read(100)).length, 100);
await cursor.close();
let streamed = 0;
for await (const row of client.query(new QueryStream("select * from payments order by id", [], { batchSize: 333 }))) {
  streamed += row.id > 0 ? 1 : 0;
}
assert.ok(streamed > 10_000);

await assert.rejects(client.query("select nobody from payments"), (e) => e.code === "42703" && e.position === "8");
await client.query("begin");
await assert.rejects(client.query("select $1::int", ["x"]), { code: "22P02" });
await assert.rejects(client.query("select 1"), { code: "25P02" });
await client.query("rollback");
await assert.rejects(client.query("grant select on people to public"), (e) => e.code === "42501" && !!e.detail && !!e.hint);

const pool = new pg.Pool({ ...settings, max: 4 });
const counts = await Promise.all([...Array(12).keys()].map((n) => pool.query("select count(*)::int + $1::int as n from people", [n])));
assert.equal(counts[11].rows[0].n - counts[0].rows[0].n, 11);
await pool.end();

assert.equal((await client.query("delete from payments where id = $1 /* node-postgres yes */", [401])).rowCount, 1);
assert.ok(notices.some((n) => n.startsWith("countersign: held apr-")), notices.join());
assert.equal((await client.query("select count(*)::int as n from payments where id = 401")).rows[0].n, 0);
await assert.rejects(client.query("delete from payments where id = $1 /* node-postgres no */", [402]), (e) => e.code === "42501" && e.message.includes("not that one"));
assert.equal((await client.query("select count(*)::int as n from payments where id = 402")).rows[0].n, 1);
await client.end();
