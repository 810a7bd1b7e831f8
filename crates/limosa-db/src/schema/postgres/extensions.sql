-- Extensions. What they brought is in none of the other parts.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'extension', e.tableoid, e.oid, 0, NULL, NULL, NULL, CASE WHEN e.oid >= 16384 THEN e.extowner END,
    e.extname::pg_catalog.text,
    pg_catalog.jsonb_build_object('version', e.extversion, 'schema', n.nspname),
    NULL
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
