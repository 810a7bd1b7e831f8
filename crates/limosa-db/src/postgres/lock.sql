-- The lock, unless another session of the server answers than the one that we began with ($2).
-- Tested on PostgreSQL 15.
SELECT
    CASE
        WHEN pg_catalog.pg_backend_pid() = $2 THEN pg_catalog.pg_try_advisory_lock($1)::pg_catalog.int4
    END
