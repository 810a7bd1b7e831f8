-- Stands behind settings.sql: nothing is set unless the session of the server is ours. Behind a pooler another one
-- may answer than the one that it has told us of ($6), and that is everybody's.
-- Tested on PostgreSQL 15.
WHERE pg_catalog.pg_backend_pid() = $6
