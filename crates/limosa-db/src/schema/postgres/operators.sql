-- Operators.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'operator', o.tableoid, o.oid, 0, o.oprnamespace, NULL, NULL, o.oprowner,
    o.oprname || '('
    || CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END || ', '
    || CASE WHEN o.oprright = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END || ')',
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'function', o.oprcode::pg_catalog.text,
            'commutator', NULLIF(o.oprcom, 0)::pg_catalog.regoperator::pg_catalog.text,
            'negator', NULLIF(o.oprnegate, 0)::pg_catalog.regoperator::pg_catalog.text,
            'restrict', NULLIF(o.oprrest, 0)::pg_catalog.regproc::pg_catalog.text,
            'join', NULLIF(o.oprjoin, 0)::pg_catalog.regproc::pg_catalog.text,
            'merges', NULLIF(o.oprcanmerge, false),
            'hashes', NULLIF(o.oprcanhash, false)
        )
    ),
    NULL
FROM pg_catalog.pg_operator AS o
WHERE o.oid >= 16384
    AND o.oprcode <> 0
    AND (o.tableoid, o.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
