-- Whether a table is gone while its schema is there. PostgreSQL 12 to 18, tested on 15.
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = :name)
FROM pg_catalog.pg_namespace n
WHERE n.nspname = :schema
