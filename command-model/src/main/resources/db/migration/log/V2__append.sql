-- Judges and inserts one batch. Called once a transaction by the one writer of each process.
--
-- The lock is a statement of its own: each statement of a volatile function sees what was committed
-- before that statement began, so everything after the lock judges on the newest log. A single
-- statement that locks and reads would judge on the snapshot from before it waited.
--
-- Arrays are columns, taken side by side in one pass (functions of a select list, not of a from
-- clause, which would make each a table of its own). An item is numbered by its place in the batch; its events follow each other.
-- Positions follow from the head, an event's place and the events of rejected items before it.
create function log.append(
  in_writer uuid, in_batch bigint, in_notify boolean,
  -- sessions of the batch, the first number of each, and a position before which its last event is not
  in_sessions uuid[], in_firsts bigint[], in_after bigint[],
  -- other sessions of the batch: where the earliest of the events stands that theirs follow, all of
  -- which this writer put there; null for no such session
  in_followed bigint,
  -- items of sessions
  in_member_items int[], in_member_sessions uuid[],
  -- criteria of conditions; lists within a text are separated by U+001F
  in_asked_items int[], in_asked_after bigint[], in_asked_sessions uuid[],
  in_asked_tags text[], in_asked_more text[], in_asked_types text[],
  -- events
  in_items int[], in_ids uuid[], in_types text[], in_versions int[], in_session uuid[], in_seqs bigint[],
  in_micros bigint[], in_tags text[], in_clear text[], in_sealed bytea[], in_keys uuid[],
  in_commitments bytea[], in_leaves bytea[],
  -- tags of events by their place, from 1
  in_tag_places int[], in_tag_tags text[],
  out before bigint, out accepted bigint, out items int[], out reasons int[])
language plpgsql as $$
declare
  stale uuid[];
  shift bigint[]; -- events of rejected items before each event; null for an event of one
begin
  perform pg_advisory_xact_lock(4850189118610952787);
  before := coalesce((select a.last from log.appended a order by a.last desc limit 1), -1);

  -- Nobody looks for what in_followed speaks of. That another writer has put nothing behind it is for
  -- the unique index of the partition to say, so both must be in one.
  if in_followed >> 24 <> (before + cardinality(in_ids)) >> 24 then
    raise exception 'followed: % (expected: in the partition of %)', in_followed,
      before + cardinality(in_ids) using errcode = 'CS001';
  end if;

  -- A session's first number must follow its last: the range holds that one row and no other. Both
  -- bounds of the position keep the search to the partitions where it can be.
  if cardinality(in_sessions) > 0 then
    select array_agg(g.session) into stale
    from (
      select unnest(in_sessions) as session, unnest(in_firsts) as first, unnest(in_after) as after
    ) g
    where g.first - 1 <> coalesce(
      (select max(e.session_seq) from log.events e
       where e.session = g.session and e.session_seq >= g.first - 1
         and e.position >= g.after and e.position <= before), -1);
  end if;

  if stale is not null or cardinality(in_asked_items) > 0 then
    select array_agg(j.item order by j.item), array_agg(j.reason order by j.item) into items, reasons
    from (
      select b.item, min(b.reason) as reason
      from (
        select m.item, 1 as reason
        from unnest(in_member_items, in_member_sessions) as m(item, session)
        where m.session = any(stale)
        union all
        select c.item, 2
        from unnest(in_asked_items, in_asked_after, in_asked_sessions, in_asked_tags, in_asked_more,
                    in_asked_types) as c(item, after, session, tag, more, types)
        where log.happened(c.after, c.session, c.tag, string_to_array(c.more, E'\x1f'),
                           string_to_array(c.types, E'\x1f'))
      ) b group by b.item
    ) j;
  end if;

  if items is null then
    shift := array_fill(0::bigint, array[cardinality(in_ids)]);
    accepted := cardinality(in_ids);
  else
    select array_agg(case when e.item = any(items) then null else e.lost end order by e.place),
      count(*) filter (where e.item <> all(items))
    into shift, accepted
    from (
      select i.item, i.place,
        count(*) filter (where i.item = any(items)) over (order by i.place) as lost
      from unnest(in_items) with ordinality as i(item, place)
    ) e;
    if accepted = 0 then
      return;
    end if;
  end if;

  insert into log.events (position, id, type, version, session, session_seq, at, tags, clear, sealed,
                          key_id, commitment, leaf)
  select before + e.place - e.shift, e.id, e.type, e.version, e.session, e.seq,
    timestamptz 'epoch' + e.micros * interval '1 microsecond',
    string_to_array(e.tags, E'\x1f'), e.clear, e.sealed, e.key_id, e.commitment, e.leaf
  from (
    select generate_series(1, cardinality(in_ids)) as place, unnest(shift) as shift,
      unnest(in_ids) as id, unnest(in_types) as type, unnest(in_versions) as version,
      unnest(in_session) as session, unnest(in_seqs) as seq, unnest(in_micros) as micros,
      unnest(in_tags) as tags, unnest(in_clear) as clear, unnest(in_sealed) as sealed,
      unnest(in_keys) as key_id, unnest(in_commitments) as commitment, unnest(in_leaves) as leaf
  ) e
  where e.shift is not null;

  if cardinality(in_tag_places) > 0 then
    insert into log.event_tags (tag, position, type)
    select t.tag, before + t.place - shift[t.place], in_types[t.place]
    from unnest(in_tag_places, in_tag_tags) as t(place, tag)
    where shift[t.place] is not null;
  end if;

  insert into log.appended (writer, batch, first, last)
  values (in_writer, in_batch, before + 1, before + accepted);
  if in_notify then
    perform pg_notify('countersign_log', (before + accepted)::text);
  end if;
end
$$;

-- A batch of one event without tags and conditions: what a session that is alone sends. No array,
-- and as few statements as there are tables, because starting a statement is most of what such a
-- batch costs. Returns the event's position, -1 when its number does not follow in its session. With
-- in_followed this writer put the event before it at in_after itself.
create function log.append_one(
  in_writer uuid, in_batch bigint, in_notify boolean, in_after bigint, in_followed boolean,
  in_id uuid, in_type text, in_version int, in_session uuid, in_seq bigint, in_micros bigint,
  in_clear text, in_sealed bytea, in_key uuid, in_commitment bytea, in_leaf bytea)
returns bigint language plpgsql as $$
declare
  head bigint;
begin
  -- A statement of its own, as in log.append: what follows sees the newest log.
  perform pg_advisory_xact_lock(4850189118610952787);
  head := coalesce((select a.last from log.appended a order by a.last desc limit 1), -1);
  if not in_followed or in_after >> 24 <> (head + 1) >> 24 then
    if in_seq - 1 <> coalesce(
      (select max(e.session_seq) from log.events e
       where e.session = in_session and e.session_seq >= in_seq - 1
         and e.position >= in_after and e.position <= head), -1) then
      return -1;
    end if;
  end if;

  insert into log.events (position, id, type, version, session, session_seq, at, tags, clear, sealed,
                          key_id, commitment, leaf)
  values (head + 1, in_id, in_type, in_version, in_session, in_seq,
          timestamptz 'epoch' + in_micros * interval '1 microsecond', '{}', in_clear, in_sealed,
          in_key, in_commitment, in_leaf);
  insert into log.appended (writer, batch, first, last) values (in_writer, in_batch, head + 1, head + 1);
  if in_notify then
    perform pg_notify('countersign_log', (head + 1)::text);
  end if;
  return head + 1;
end
$$;

-- Whether an event after a position matches: of the session (null: any), with the tag ('': any) and
-- all the other tags, of one of the types (none: any).
create function log.happened(in_after bigint, in_session uuid, in_tag text, in_more text[], in_types text[])
returns boolean language plpgsql stable as $$
begin
  if in_tag <> '' then
    return exists (
      select 1 from log.event_tags t
      where t.tag = in_tag and t.position > in_after
        and (cardinality(in_types) = 0 or t.type = any(in_types))
        and not exists (
          select 1 from unnest(in_more) as o(tag)
          where (select count(*) from log.event_tags x where x.tag = o.tag and x.position = t.position) = 0)
        and (in_session is null
             or (select e.session from log.events e where e.position = t.position) = in_session));
  elsif in_session is not null then
    return exists (
      select 1 from log.session_events s
      where s.session = in_session and s.position > in_after
        and (cardinality(in_types) = 0
             or (select e.type from log.events e where e.position = s.position) = any(in_types)));
  end if;
  return exists (
    select 1 from log.events e
    where e.position > in_after and (cardinality(in_types) = 0 or e.type = any(in_types)));
end
$$;

revoke all on all functions in schema log from public;
grant execute on all functions in schema log to countersign_append;
