-- Takes the lock of a throw-away database, whose name is $1. Tested on PostgreSQL 15.
SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0))
