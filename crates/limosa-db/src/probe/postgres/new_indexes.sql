-- The indexes of a table that it did not have before: their names, shapes, and who builds them.
-- The columns of an expression are NULL. PostgreSQL 12 to 18, tested on 15.
SELECT
    n.nspname::text,
    c.relname::text,
    i.indisvalid AND i.indisready AND i.indislive,
    i.indisunique,
    m.amname::text,
    i.indpred IS NOT NULL,
    i.indnkeyatts,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_catalog.pg_attribute AS a
            ON a.attrelid = i.indrelid
            AND a.attnum = k.number
    )::text,
    (
        -- A concurrent build keeps this lock on the table to its end. What it builds is to be seen only by
        -- its own role and by administrators.
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
            AND COALESCE(p.index_relid, 0) IN (0, i.indexrelid)
        LIMIT 1
    )
FROM pg_catalog.pg_index AS i
INNER JOIN pg_catalog.pg_class AS c
    ON c.oid = i.indexrelid
INNER JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace
INNER JOIN pg_catalog.pg_am AS m
    ON m.oid = c.relam
WHERE i.indrelid = $1::oid
    AND i.indexrelid <> ALL (pg_catalog.string_to_array($2, ' ')::oid[])
ORDER BY i.indexrelid
