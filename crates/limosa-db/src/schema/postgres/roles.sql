-- The names of owners.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'role', 'pg_catalog.pg_authid'::pg_catalog.regclass, r.oid, 0, NULL, NULL, NULL, NULL, r.rolname::pg_catalog.text,
    NULL, NULL
FROM pg_catalog.pg_roles AS r
