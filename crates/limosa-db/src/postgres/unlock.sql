-- Tested on PostgreSQL 15.
SELECT pg_catalog.pg_advisory_unlock($1)
