-- What a migration may have left in the session of the server, beside settings. Of the prepared statements only
-- those that it made itself: the pooler keeps its own list of the others.
-- Tested on PostgreSQL 15.
DO $limosa$
DECLARE
    made pg_catalog.text;
BEGIN
    FOR made IN
        SELECT s.name
        FROM pg_catalog.pg_prepared_statements AS s
        WHERE s.from_sql AND s.prepare_time >= pg_catalog.transaction_timestamp()
    LOOP
        EXECUTE pg_catalog.format('DEALLOCATE %I', made);
    END LOOP;
END
$limosa$;
CLOSE ALL;
UNLISTEN *;
DISCARD TEMP;
DISCARD SEQUENCES;
