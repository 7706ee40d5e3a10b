-- The log. Columns and their meaning: countersign.store.StoredEvent, countersign.verifier.Leaf.
-- No checks: PostgreSQL reads a check's expression anew for every statement that inserts, a tenth of
-- the cost of a small batch. The one function that inserts gives session and number, key and
-- commitment together.

create table log.events (
  position    bigint      not null,  -- from 0 without a hole, in the order of commits; the index of the leaf
  id          uuid        not null,
  type        text        not null,
  version     integer     not null,
  session     uuid,
  session_seq bigint,
  at          timestamptz not null,
  tags        text[]      not null,  -- for readers; found through event_tags
  clear       text        not null,  -- JSON; its exact bytes are hashed into the leaf
  sealed      bytea       not null,  -- empty when the event has nothing to seal
  key_id      uuid,
  commitment  bytea,                 -- to the event's key: outlives it, so the leaf can be computed again
  leaf        bytea       not null,  -- RFC 6962 hash of the leaf
  primary key (position)
) partition by range (position);

-- Sealed bytes do not compress, and are read by piece.
alter table log.events alter column sealed set storage external;

-- One session's events. Each partition has a unique index for it (countersign.store.Partitions): a
-- row of its own for every event would cost half as much again as the event.
create view log.session_events as
  select session, session_seq as seq, position from log.events where session is not null;

create table log.event_tags (
  tag      text   not null,
  position bigint not null,
  type     text   not null,
  primary key (tag, position)
);

-- What became of a batch whose answer was lost with its connection. The newest row is the head of the log.
create table log.appended (
  writer uuid   not null,
  batch  bigint not null,
  first  bigint not null,
  last   bigint not null,
  primary key (writer, batch)
);
create unique index appended_last on log.appended (last);

grant usage on schema log to countersign_append;
grant select, insert on log.events, log.event_tags, log.appended to countersign_append;
grant select on log.session_events to countersign_append;
