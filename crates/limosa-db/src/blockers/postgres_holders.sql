-- Who holds a lock on a table that conflicts with these modes, or on one of its children.
-- Tested on PostgreSQL 15.
WITH RECURSIVE tree (oid) AS (
    SELECT $1::pg_catalog.oid
    UNION
    SELECT i.inhrelid
    FROM pg_catalog.pg_inherits AS i
    INNER JOIN tree
        ON tree.oid = i.inhparent
    WHERE $2
)

SELECT
    l.pid,
    NULLIF(a.application_name, ''),
    a.usename::pg_catalog.text,
    pg_catalog.host(a.client_addr),
    a.state,
    (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - COALESCE(a.xact_start, p.prepared)) * 1000)::pg_catalog.int8,
    a.query,
    COALESCE(a.wait_event_type = 'Lock', FALSE),
    p.gid
FROM pg_catalog.pg_locks AS l
INNER JOIN tree
    ON tree.oid = l.relation
LEFT JOIN pg_catalog.pg_stat_activity AS a
    ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_prepared_xacts AS p
    ON l.pid IS NULL
    AND l.virtualtransaction = '-1/' || p.transaction::pg_catalog.text
WHERE l.locktype = 'relation'
    AND l.database = (
        SELECT d.oid
        FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()
    )
    AND l.granted
    AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND l.mode = ANY (pg_catalog.string_to_array($3, ' '))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ORDER BY 6 DESC NULLS LAST, 1
