-- Tested on PostgreSQL 15.
SELECT pg_catalog.pg_try_advisory_lock($1)
