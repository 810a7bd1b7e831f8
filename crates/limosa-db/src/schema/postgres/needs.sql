-- What needs what, among all that somebody made. What an extension brought stands for the extension.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'needs', d.classid, d.objid, d.objsubid, NULL,
    CASE WHEN m.objid IS NULL THEN d.refclassid ELSE 'pg_catalog.pg_extension'::pg_catalog.regclass END,
    COALESCE(m.extension, d.refobjid),
    NULL, NULL, NULL, NULL
FROM pg_catalog.pg_depend AS d
LEFT JOIN members AS m ON m.classid = d.refclassid AND m.objid = d.refobjid
WHERE d.deptype = 'n'
    AND d.objid >= 16384
    AND d.refobjid >= 16384
    AND d.refclassid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
GROUP BY d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, m.objid, m.extension
UNION ALL
SELECT 'needs', c.tableoid, i.inhrelid, 0, NULL, c.tableoid, i.inhparent, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_inherits AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhrelid >= 16384
UNION ALL
-- What the checks of a domain need.
SELECT
    'needs', 'pg_catalog.pg_type'::pg_catalog.regclass, k.contypid, 0, NULL,
    CASE WHEN m.objid IS NULL THEN d.refclassid ELSE 'pg_catalog.pg_extension'::pg_catalog.regclass END,
    COALESCE(m.extension, d.refobjid),
    NULL, NULL, NULL, NULL
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_depend AS d ON d.classid = k.tableoid AND d.objid = k.oid
LEFT JOIN members AS m ON m.classid = d.refclassid AND m.objid = d.refobjid
WHERE k.contypid >= 16384 AND d.deptype = 'n' AND d.refobjid >= 16384
