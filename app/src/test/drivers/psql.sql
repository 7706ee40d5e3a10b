\set ON_ERROR_STOP on
\conninfo
\d
\d+
\dS
\d people
\d+ payments
\d people_pkey
\d+ pg_stat_activity
\d information_schema.columns
\dt
\dt+
\dtS+
\dvS+
\di+
\dmS
\dsS
\dfS lower
\df+ lower
\dfa
\dfp
\dft
\dfw
\da
\daS sum
\dn+
\du+
\dp
\z people
\ddp
\dT
\dT+ int4
\dD
\dDS
\doS =
\do+ =
\dC+ int4
\db
\dcS
\dd
\det
\des+
\deu+
\dew+
\dF
\dF+ simple
\dFd+
\dFp+
\dFt+
\dL+
\dP
\dP+
\dRp
\dRs
\dA+
\dAc btree
\dAf btree
\dAo btree
\dAp btree
\dconfig+ work*
\dX
\dy
\dx+
\sf pg_catalog.obj_description(oid)
\sf+ lower(text)
\sv information_schema.columns
\sv+ pg_stat_activity
\lo_list
\encoding
select datname from pg_database order by 1;
select 1 as a, 'x' as b \gdesc
select status, method, count(*) from payments group by 1, 2 \crosstabview status method count
select 'select ''generated''' \gexec
select 42 as answer \gset
\echo the answer is :answer
select id from payments where id < 3 order by id \g (format=csv)
\copy (select id from payments where id < 3 order by id) to stdout
\set FETCH_COUNT 100
select count(*) = 12000 as all from (select * from payments) x;
\o /dev/null
select * from payments order by id;
\o
\unset FETCH_COUNT
\unset ON_ERROR_STOP
select 1/0;
\errverbose
begin;
select nobody;
select 'in failed';
rollback;
delete from payments where id = 601 /* psql yes */;
delete from payments where id = 602 /* psql no */;
select count(*) || ' left' from payments where id in (601, 602);
\echo the end
