-- Whether a session of ours is still there. PostgreSQL 12 to 18, tested on 15.
SELECT 1
FROM pg_catalog.pg_stat_activity a
WHERE a.pid = CAST(:id AS bigint)
  AND pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') = :started
