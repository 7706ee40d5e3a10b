-- What the grammar is warmed up with: one statement a line, the shapes that clients send.
select 1
select id, name, total from orders where id = $1 and status = 'open' order by created_at desc limit 10
SELECT abalance FROM pgbench_accounts WHERE aid = 42
UPDATE pgbench_accounts SET abalance = abalance + 10 WHERE aid = 42
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 2, 3, 4, CURRENT_TIMESTAMP)
insert into people (id, name, email) values (1, 'Ada', 'ada@example.com'), (2, 'Bob', 'bob@example.com') on conflict (id) do update set name = excluded.name returning id
update payments set amount = amount * 2, status = 'paid' where id in (select payment_id from refunds where reason like '%late%')
delete from payments where created_at < now() - interval '90 days' and status <> 'open'
begin
commit
rollback
begin isolation level repeatable read read only
set application_name = 'psql'
show server_version
select count(*), sum(amount), avg(amount), max(created_at) from payments group by status having count(*) > 1
select p.id, q.name, coalesce(p.amount, 0) from payments p left join people q on q.id = p.person_id where p.amount between 10 and 20 or q.email ilike '%@example.com'
with recent as (select * from payments where created_at > current_date - 7), totals as (select person_id, sum(amount) as total from recent group by person_id) select q.name, t.total from totals t join people q on q.id = t.person_id order by t.total desc nulls last
select row_number() over (partition by person_id order by created_at desc) as n, p.* from payments p
select j->'a'->>'b', j @> '{"a": 1}', j #>> '{a,b}' from documents where j ? 'a'
select case when amount > 100 then 'large' when amount > 10 then 'medium' else 'small' end as size, count(*) from payments group by 1
select n.nspname as "Schema", c.relname as "Name", case c.relkind when 'r' then 'table' when 'v' then 'view' end as "Type", pg_catalog.pg_get_userbyid(c.relowner) as "Owner" from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r','p','v','m','S','f','') and n.nspname <> 'pg_catalog' and n.nspname !~ '^pg_toast' and pg_catalog.pg_table_is_visible(c.oid) order by 1,2
select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (select pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum and a.atthasdef), a.attnotnull from pg_catalog.pg_attribute a where a.attrelid = '16384' and a.attnum > 0 and not a.attisdropped order by a.attnum
explain select * from payments where id = 1
copy payments (id, amount) to stdout with (format csv, header true)
create table t (id bigint generated always as identity primary key, name varchar(100) not null default 'x', parent bigint references t (id) on delete cascade, check (length(name) > 0))
create index concurrently i on payments (person_id, created_at desc) where status = 'open'
alter table payments add column note text, alter column amount set not null
select distinct on (person_id) person_id, id from payments order by person_id, created_at desc
select * from (values (1, 'a'), (2, 'b')) as v (id, name) union all select id, name from people except select 3, 'c' order by 1 fetch first 5 rows only
select array_agg(id order by id), string_agg(name, ', '), array[1, 2, 3], ids[1:2], (a).b from people where id = any ($1::int[]) group by grouping sets ((kind), ())
select cast('2026-01-01' as timestamp with time zone), date '2026-01-01', interval '1 day', 1.5e3, -42, E'tab\t', $$dollar$$, null, true, 'x'::text
select exists (select 1 from people where id = $1) and not $2 is null, extract(epoch from now()), substring(name from 1 for 3), trim(both ' ' from name) from people
prepare p (int) as select * from people where id = $1
execute p (1)
declare c cursor for select * from people
fetch 100 from c
grant select, insert on payments to reporting
slect 1
select 'unterminated
