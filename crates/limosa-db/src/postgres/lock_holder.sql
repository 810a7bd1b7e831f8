-- Who holds the lock between migrators, as far as this role may see it.
-- Tested on PostgreSQL 15.
SELECT
    l.pid,
    NULLIF(a.application_name, ''),
    a.usename::pg_catalog.text,
    pg_catalog.host(a.client_addr),
    EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - a.backend_start)::pg_catalog.int8
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a
    ON a.pid = l.pid
WHERE l.locktype = 'advisory'
    AND l.database = $1::pg_catalog.oid
    AND l.classid = $2::pg_catalog.oid
    AND l.objid = $3::pg_catalog.oid
    AND l.objsubid = 1
    AND l.granted
LIMIT 1
