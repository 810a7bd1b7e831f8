-- The indexes of constraints: what is said of one is told with the constraint.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'constraint index', 'pg_catalog.pg_class'::pg_catalog.regclass, k.conindid, 0, NULL, k.tableoid, k.oid, NULL, NULL,
    NULL, NULL
FROM pg_catalog.pg_constraint AS k
WHERE k.oid >= 16384 AND k.contype IN ('p', 'u', 'x') AND k.conislocal
