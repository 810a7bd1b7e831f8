-- Whether this session holds the lock between migrators: an expression for use in other statements.
-- Tested on PostgreSQL 15.
EXISTS (
    SELECT 1
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory'
        AND l.database = '{database}'::pg_catalog.oid
        AND l.classid = '{high}'::pg_catalog.oid
        AND l.objid = '{low}'::pg_catalog.oid
        AND l.objsubid = 1
        AND l.pid = pg_catalog.pg_backend_pid()
        AND l.granted
)
