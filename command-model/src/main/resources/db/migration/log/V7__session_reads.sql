-- The number of a session's first event at or after a position; numbers and positions of a session
-- grow together, without a hole in the numbers, so it is found by halving. Without it every page of
-- a long session is found by looking at all pages before it.
create function log.session_seq_at(in_session uuid, in_position bigint) returns bigint
language plpgsql stable as $$
declare
  low bigint := 0;
  high bigint := coalesce(
    (select s.seq from log.session_events s where s.session = in_session order by s.seq desc limit 1), -1) + 1;
  middle bigint;
begin
  if in_position <= 0 then
    return 0;
  end if;
  while low < high loop
    middle := (low + high) / 2;
    if (select s.position from log.session_events s where s.session = in_session and s.seq = middle)
        < in_position then
      low := middle + 1;
    else
      high := middle;
    end if;
  end loop;
  return low;
end
$$;

revoke all on function log.session_seq_at(uuid, bigint) from public;
grant execute on function log.session_seq_at(uuid, bigint) to countersign_append;
