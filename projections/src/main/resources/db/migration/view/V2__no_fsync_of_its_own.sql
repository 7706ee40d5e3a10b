-- Rows and token of a view are lost or kept together and made again from the log, whose own commits
-- are always flushed first. Waiting for the disk here would only slow the log down.
DO $$
BEGIN
  ALTER ROLE countersign_view SET synchronous_commit = off;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'synchronous_commit stays as it is for countersign_view';
END
$$;
