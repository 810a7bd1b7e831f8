-- What there is to know about a session that has just begun.
-- Tested on PostgreSQL 15.
SELECT
    pg_catalog.current_setting('server_version'),
    pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
    pg_catalog.current_database()::pg_catalog.text,
    SESSION_USER::pg_catalog.text,
    pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') = 'on',
    pg_catalog.pg_backend_pid(),
    (
        SELECT pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS a
    ),
    (
        SELECT d.oid
        FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()
    ),
    pg_catalog.current_setting('search_path'),
    pg_catalog.current_setting('role'),
    pg_catalog.host(pg_catalog.inet_client_addr())
