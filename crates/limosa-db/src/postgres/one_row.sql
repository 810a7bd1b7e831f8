-- One of our own statements, which fails with 22012 (a division by zero) unless it changes exactly one row: a guard
-- that says no is an error, so that the server skips what was sent behind it.
-- Tested on PostgreSQL 15.
WITH changed AS (
{statement}
RETURNING 1
)
SELECT 1 / CASE WHEN pg_catalog.count(*) = 1 THEN 1 ELSE 0 END FROM changed
