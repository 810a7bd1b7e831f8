-- Whether the database is empty but for the tables of Limosa, and how many locks the server can hold. What belongs to
-- an extension does not count. And whether an event trigger may do something at every definition. PostgreSQL 12 to 18, tested on 15.
SELECT
    NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n
            ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            AND n.nspname NOT LIKE 'pg\_temp\_%'
            AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'
            AND NOT (n.nspname = :schema AND c.relname LIKE 'limosa\_%')
            AND NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_depend AS d
                WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    AND d.objid = c.oid
                    AND d.deptype = 'e'
            )
    ),
    pg_catalog.current_setting('max_locks_per_transaction')::bigint * (
        pg_catalog.current_setting('max_connections')::bigint
        + pg_catalog.current_setting('max_prepared_transactions')::bigint
    ),
    EXISTS (SELECT FROM pg_catalog.pg_event_trigger)
