-- Gives the lock of a throw-away database back, whose name is $1. Tested on PostgreSQL 15.
SELECT pg_catalog.pg_advisory_unlock(('x' || pg_catalog.right($1, 16))::bit(64)::pg_catalog.int8)
