-- Who keeps a session waiting: holders of a lock that it wants, and those before it in the queue. A prepared
-- transaction has the number 0.
-- Tested on PostgreSQL 15.
SELECT
    b.pid,
    NULLIF(a.application_name, ''),
    a.usename::pg_catalog.text,
    pg_catalog.host(a.client_addr),
    a.state,
    (EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::pg_catalog.int8,
    a.query,
    COALESCE(a.wait_event_type = 'Lock', FALSE),
    NULL
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.int4)) AS b (pid)
LEFT JOIN pg_catalog.pg_stat_activity AS a
    ON a.pid = b.pid
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, a.xact_start
ORDER BY a.xact_start NULLS LAST, b.pid
