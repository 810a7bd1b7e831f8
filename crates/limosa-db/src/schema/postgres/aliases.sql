-- What the catalog calls by another number: a default is its column's, a rule that makes a view is the view, and so on.
-- Tested on PostgreSQL 12 to 18.
SELECT 'alias', d.tableoid, d.oid, d.adnum, NULL, 'pg_catalog.pg_class'::pg_catalog.regclass, d.adrelid, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_attrdef AS d
WHERE d.adrelid >= 16384
UNION ALL
SELECT 'alias', r.tableoid, r.oid, 0, NULL, 'pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_rewrite AS r
WHERE r.ev_class >= 16384 AND r.rulename = '_RETURN'
UNION ALL
SELECT 'alias', t.tableoid, t.oid, 0, NULL, 'pg_catalog.pg_class'::pg_catalog.regclass, t.typrelid, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
UNION ALL
-- The attributes of a composite type are those of a relation.
SELECT 'alias', c.tableoid, c.oid, 0, NULL, 'pg_catalog.pg_type'::pg_catalog.regclass, c.reltype, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_class AS c
WHERE c.oid >= 16384 AND c.relkind = 'c'
UNION ALL
SELECT 'alias', t.tableoid, t.typarray, 0, NULL, t.tableoid, t.oid, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type AS t
WHERE t.oid >= 16384 AND t.typarray <> 0
UNION ALL -- from 14
SELECT 'alias', 'pg_catalog.pg_type'::pg_catalog.regclass, r.rngmultitypid, 0, NULL, 'pg_catalog.pg_type'::pg_catalog.regclass, r.rngtypid, NULL, NULL, NULL, NULL -- from 14
FROM pg_catalog.pg_range AS r -- from 14
WHERE r.rngtypid >= 16384 -- from 14
