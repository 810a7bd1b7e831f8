-- Takes the lock of a throw-away database, whose name is $1; the digits in it are the key. Tested on PostgreSQL 15.
SELECT pg_catalog.pg_try_advisory_lock(('x' || pg_catalog.right($1, 16))::bit(64)::pg_catalog.int8)
