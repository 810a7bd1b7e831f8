-- The settings that Limosa holds on its session, or ($4) on one transaction. A setting that this server's version does not have is left alone.
-- Tested on PostgreSQL 15.
SELECT
    pg_catalog.set_config('lock_timeout', $1, $4),
    pg_catalog.set_config('statement_timeout', $2, $4),
    pg_catalog.set_config('idle_in_transaction_session_timeout', $5, $4),
    CASE
        WHEN pg_catalog.current_setting('idle_session_timeout', true) IS NOT NULL
            THEN pg_catalog.set_config('idle_session_timeout', '0', $4)
    END,
    CASE
        WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
            THEN pg_catalog.set_config('transaction_timeout', '0', $4)
    END,
    CASE
        WHEN $3 AND pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
            THEN pg_catalog.set_config('client_connection_check_interval', '2s', $4)
    END
