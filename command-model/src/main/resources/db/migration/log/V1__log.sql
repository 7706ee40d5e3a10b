-- The log. Columns and their meaning: countersign.store.StoredEvent, countersign.verifier.Leaf.

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
  primary key (position),
  check ((session is null) = (session_seq is null)),
  check ((key_id is null) = (commitment is null))
) partition by range (position);

-- Sealed bytes do not compress, and are read by piece.
alter table log.events alter column sealed set storage external;

-- One session's events: unique numbers, and reading in their order.
create table log.session_events (
  session  uuid   not null,
  seq      bigint not null,
  position bigint not null,
  primary key (session, seq)
);

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
grant select, insert on log.events, log.session_events, log.event_tags, log.appended to countersign_append;
