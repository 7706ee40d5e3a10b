-- Approvals say where their caller waits, and what helps to decide (sealed with the other words).
-- Made again from the log.
TRUNCATE view.approvals;
DELETE FROM view.tokens;
TRUNCATE view.sessions, view.operations, view.segments;
ALTER TABLE view.approvals ADD waiting text NOT NULL;
