-- Indexes that REINDEX CONCURRENTLY makes and takes away again: of a table with its partitions, of the tables of a
-- schema, or of the database; those of their TOAST tables, too. And who builds one.
-- PostgreSQL 12 to 18, tested on 15.
WITH tables AS (
    SELECT t.oid, t.reltoastrelid
    FROM pg_catalog.pg_class AS t
    WHERE ($1::oid IS NULL OR t.oid = $1::oid OR t.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::oid::regclass) AS p))
        AND ($2::oid IS NULL OR t.relnamespace = $2::oid)
)
SELECT
    i.indexrelid::int8,
    n.nspname::text,
    c.relname::text,
    i.indisvalid,
    (
        -- It keeps this lock on the table to its end.
        SELECT l.pid
        FROM pg_catalog.pg_locks AS l
        INNER JOIN pg_catalog.pg_stat_progress_create_index AS p
            ON p.pid = l.pid
        WHERE l.locktype = 'relation'
            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
            AND l.relation = i.indrelid
            AND l.mode = 'ShareUpdateExclusiveLock'
            AND l.granted
            AND l.pid <> pg_catalog.pg_backend_pid()
        LIMIT 1
    )
FROM pg_catalog.pg_index AS i
INNER JOIN pg_catalog.pg_class AS c
    ON c.oid = i.indexrelid
INNER JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace
WHERE c.relname ~ '_cc(new|old)[0-9]*$'
    AND i.indrelid IN (SELECT t.oid FROM tables AS t UNION ALL SELECT t.reltoastrelid FROM tables AS t)
ORDER BY i.indexrelid
