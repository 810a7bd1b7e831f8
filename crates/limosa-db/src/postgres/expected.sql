-- One of our own statements, which fails with 22012 (a division by zero) unless it changes, or finds, as many rows as it
-- has to: a guard that says no is an error, so that the server skips what was sent behind it.
-- Tested on PostgreSQL 15.
WITH changed AS (
{statement}
)
SELECT 1 / CASE WHEN pg_catalog.count(*) {number} THEN 1 ELSE 0 END FROM changed
