-- Whether this session holds the lock between migrators and those of other tools: an expression for use in other
-- statements. One look for all of them, since each look goes over all locks of the server.
-- Tested on PostgreSQL 15.
(
    SELECT pg_catalog.count(*) = {count}
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory'
        AND l.database = '{database}'::pg_catalog.oid
        AND (l.classid, l.objid) IN ({keys})
        AND l.objsubid = 1
        AND l.mode = 'ExclusiveLock'
        AND l.pid = pg_catalog.pg_backend_pid()
        AND l.granted
)
