-- What people typed or saw is held sealed under its session's key, so that tables, write-ahead log
-- and backups keep nothing that erasing the session does not close: the sealed words stand in one
-- column of a row (operations and approvals: text, sessions: application), the other columns of words
-- stay empty. Names that lists are filtered and sorted by stay as they are. Everything is made again
-- from the log.
TRUNCATE view.sessions, view.operations, view.approvals, view.segments, view.tokens;

-- Statistics would keep samples of names after their rows are gone.
ALTER TABLE view.sessions ALTER principal SET STATISTICS 0, ALTER chain SET STATISTICS 0,
  ALTER people SET STATISTICS 0, ALTER target SET STATISTICS 0;
ALTER TABLE view.approvals ALTER principal SET STATISTICS 0, ALTER chain SET STATISTICS 0,
  ALTER people SET STATISTICS 0, ALTER target SET STATISTICS 0;

-- When a session was erased; of its other columns nothing but its times is left then.
ALTER TABLE view.sessions ADD erased_at timestamptz;
