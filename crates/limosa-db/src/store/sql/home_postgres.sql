-- The schema in which an unqualified CREATE TABLE would land. PostgreSQL 12 to 18, tested on 15.
SELECT coalesce(:schema, pg_catalog.current_schema()::text),
       EXISTS (SELECT FROM pg_catalog.pg_namespace n
               WHERE n.nspname = coalesce(:schema, pg_catalog.current_schema()::text))
