-- Whether there are leases beside the lock: then somebody may come through a pooler, too.
-- Tested on PostgreSQL 15.
SELECT 1
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = 'limosa_lock'
