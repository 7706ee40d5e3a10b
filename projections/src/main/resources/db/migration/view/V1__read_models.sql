-- Read models: rows that can be thrown away and made again from the log at any time.
-- What people typed or saw is held here in plain text, so erasing a session deletes its rows.
CREATE SCHEMA IF NOT EXISTS view;

CREATE TABLE view.sessions (
  id          uuid PRIMARY KEY,
  position    bigint NOT NULL,               -- newest event folded in
  state       varchar NOT NULL,
  protocol    varchar NOT NULL,
  recording   varchar NOT NULL,
  principal   varchar NOT NULL,
  chain       varchar[] NOT NULL,
  people      varchar[] NOT NULL,
  target      varchar NOT NULL,
  database    varchar NOT NULL,
  role        varchar NOT NULL,
  client      varchar NOT NULL,
  application varchar NOT NULL,
  opened_at   timestamptz NOT NULL,
  closed_at   timestamptz,
  ended       varchar NOT NULL,
  operations  bigint NOT NULL,
  held        bigint NOT NULL,
  blocked     bigint NOT NULL,
  segments    bigint,                        -- known once closed; until then counted from view.segments
  bytes_in    bigint,
  bytes_out   bigint,
  gap_from    bigint,
  gap_at      timestamptz
);
CREATE INDEX sessions_opened ON view.sessions (opened_at, id);
CREATE INDEX sessions_state ON view.sessions (state, opened_at, id);
CREATE INDEX sessions_people ON view.sessions USING gin (people);

CREATE TABLE view.operations (
  id         uuid PRIMARY KEY,
  session_id uuid NOT NULL,
  seq        bigint NOT NULL,
  position   bigint NOT NULL,                -- event that decided it
  batch_index integer NOT NULL,              -- place inside an event that decided several
  changed    bigint NOT NULL,                -- newest event folded in
  at         timestamptz NOT NULL,
  decision   varchar NOT NULL,
  effects    varchar[] NOT NULL,
  rule       varchar NOT NULL,
  reason     text NOT NULL,
  text       text NOT NULL,
  binds      text NOT NULL,
  digest     varchar NOT NULL,
  approval   varchar,
  replaces   uuid,
  by_edge    boolean NOT NULL,
  state      varchar NOT NULL,
  status     varchar,
  tag        varchar,
  row_count  bigint,
  bytes      bigint,
  micros     bigint
);
CREATE INDEX operations_session ON view.operations (session_id, position, batch_index);
CREATE INDEX operations_approval ON view.operations (approval) WHERE approval IS NOT NULL;

CREATE TABLE view.approvals (
  id               varchar PRIMARY KEY,
  position         bigint NOT NULL,
  state            varchar NOT NULL,
  session_id       uuid NOT NULL,
  operation        uuid NOT NULL,
  principal        varchar NOT NULL,
  chain            varchar[] NOT NULL,
  people           varchar[] NOT NULL,
  protocol         varchar NOT NULL,
  target           varchar NOT NULL,
  database         varchar NOT NULL,
  role             varchar NOT NULL,
  text             text NOT NULL,
  binds            text NOT NULL,
  effects          varchar[] NOT NULL,
  rule             varchar NOT NULL,
  why              text NOT NULL,
  stated_reason    text NOT NULL,
  digest           varchar NOT NULL,
  asked            varchar[] NOT NULL,
  quorum           integer NOT NULL,
  in_transaction   boolean NOT NULL,
  modifiable       boolean NOT NULL,
  modified_text    text,
  answers          text NOT NULL,
  refused_attempts text NOT NULL,
  requested_at     timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  ended_at         timestamptz
);
CREATE INDEX approvals_requested ON view.approvals (requested_at, id);
CREATE INDEX approvals_state ON view.approvals (state, requested_at, id);
CREATE INDEX approvals_session ON view.approvals (session_id);

CREATE TABLE view.segments (
  position    bigint PRIMARY KEY,
  session_id  uuid NOT NULL,
  number      bigint NOT NULL,
  in_from     bigint NOT NULL,
  in_length   bigint NOT NULL,
  out_from    bigint NOT NULL,
  out_length  bigint NOT NULL,
  from_micros bigint NOT NULL,
  to_micros   bigint NOT NULL,
  UNIQUE (session_id, number)
);

-- How far each processor has come, written in the same transaction as its rows.
CREATE TABLE view.tokens (
  processor  varchar NOT NULL,
  segment    integer NOT NULL,
  mask       integer NOT NULL,
  position   bigint NOT NULL,
  owner      varchar,
  claimed_at timestamptz NOT NULL,
  PRIMARY KEY (processor, segment)
);

GRANT USAGE ON SCHEMA view TO countersign_view;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA view TO countersign_view;
