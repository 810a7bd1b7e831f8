-- What the session of the server was like before a transaction behind a pooler: other clients have it after us.
-- Tested on PostgreSQL 15.
SELECT
    SESSION_USER::pg_catalog.text,
    pg_catalog.current_setting('role'),
    COALESCE(
        (
            SELECT pg_catalog.jsonb_object_agg(s.name, s.setting)
            FROM pg_catalog.pg_settings AS s
            WHERE s.source = 'session'
                AND s.name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
        ),
        '{}'
    )::pg_catalog.text,
    pg_catalog.pg_backend_pid()
