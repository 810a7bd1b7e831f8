-- Extended statistics.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'statistics', s.tableoid, s.oid, 0, s.stxnamespace, c.tableoid, s.stxrelid, s.stxowner, s.stxname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'kinds', (
                SELECT pg_catalog.jsonb_agg(k.name ORDER BY k.kind)
                FROM (VALUES ('d', 'ndistinct'), ('f', 'dependencies'), ('m', 'mcv')) AS k (kind, name)
                WHERE k.kind::pg_catalog."char" = ANY (s.stxkind)
            ),
            'columns', s.stxkeys::pg_catalog.int2[],
            'expressions', pg_catalog.pg_get_statisticsobjdef_expressions(s.oid), -- from 14
            'target', CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END -- from 13
            'target', NULL -- until 12
        )
    ),
    pg_catalog.pg_get_statisticsobjdef(s.oid) -- to make it
    NULL -- to compare it
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.stxrelid
WHERE s.oid >= 16384
    AND c.relpersistence <> 't'
    AND (s.tableoid, s.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
