-- Domains with their checks, which are told in the order of their names.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'domain', t.tableoid, t.oid, 0, t.typnamespace, NULL, NULL, t.typowner, t.typname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'base', pg_catalog.format_type(t.typbasetype, t.typtypmod),
            'collation', CASE WHEN t.typcollation <> b.typcollation THEN n.nspname || '.' || l.collname END,
            'default', pg_catalog.pg_get_expr(t.typdefaultbin, 0),
            'not_null', NULLIF(t.typnotnull, false),
            'checks', k.expressions,
            'check_names', k.names,
            'checks_not_valid', k.not_valid,
            'check_comments', k.comments,
            'not_null_name', k.not_null_name
        )
    ),
    NULL
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = t.typcollation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
LEFT JOIN (
    SELECT
        k.contypid,
        pg_catalog.jsonb_agg(pg_catalog.pg_get_expr(k.conbin, 0) ORDER BY k.conname)
            FILTER (WHERE k.contype = 'c') AS expressions,
        pg_catalog.jsonb_agg(k.conname ORDER BY k.conname) FILTER (WHERE k.contype = 'c') AS names,
        pg_catalog.jsonb_agg(k.conname ORDER BY k.conname) FILTER (WHERE NOT k.convalidated) AS not_valid,
        pg_catalog.jsonb_object_agg(k.conname, d.description) FILTER (WHERE d.description IS NOT NULL) AS comments,
        pg_catalog.max(k.conname::pg_catalog.text)
            FILTER (WHERE k.contype = 'n' AND k.conname <> t.typname || '_not_null') AS not_null_name
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid
    LEFT JOIN pg_catalog.pg_description AS d ON d.classoid = k.tableoid AND d.objoid = k.oid
    GROUP BY k.contypid
) AS k ON k.contypid = t.oid
WHERE t.oid >= 16384
    AND t.typtype = 'd'
    AND (t.tableoid, t.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
