-- Transforms of a type for a language.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'transform', t.tableoid, t.oid, 0, NULL, NULL, NULL, NULL, '',
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'path', pg_catalog.jsonb_build_array(pg_catalog.format_type(t.trftype, NULL), l.lanname),
            'from', CASE WHEN t.trffromsql <> 0 THEN
                t.trffromsql::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text
            END,
            'to', CASE WHEN t.trftosql <> 0 THEN
                t.trftosql::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text
            END
        )
    ),
    NULL
FROM pg_catalog.pg_transform AS t
JOIN pg_catalog.pg_language AS l ON l.oid = t.trflang
WHERE t.oid >= 16384
    AND (t.tableoid, t.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
