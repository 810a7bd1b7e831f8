-- Gives the lock of a throw-away database back, whose name is $1. Tested on PostgreSQL 15.
SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended($1, 0))
