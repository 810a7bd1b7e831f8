-- Tested on PostgreSQL 15.
SELECT
    pg_catalog.set_config('lock_timeout', $1, $3),
    pg_catalog.set_config('statement_timeout', $2, $3)
