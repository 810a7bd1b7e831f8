-- Publications.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'publication', p.tableoid, p.oid, 0, NULL, NULL, NULL, p.pubowner, p.pubname::pg_catalog.text,
    NULLIF(
        pg_catalog.jsonb_strip_nulls(
            pg_catalog.jsonb_build_object(
                'all_tables', NULLIF(p.puballtables, false),
                'publish', CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN (
                    SELECT pg_catalog.to_jsonb(pg_catalog.array_agg(v.name ORDER BY v.n) FILTER (WHERE v.published))
                    FROM (
                        VALUES
                            (1, 'insert', p.pubinsert), (2, 'update', p.pubupdate), (3, 'delete', p.pubdelete),
                            (4, 'truncate', p.pubtruncate)
                    ) AS v (n, name, published)
                ) END,
                'via_root', NULLIF(p.pubviaroot, false), -- from 13
                'generated_columns', CASE p.pubgencols WHEN 's' THEN 'stored' END, -- from 18
                'schemas', (
                    SELECT pg_catalog.jsonb_agg(n.nspname) -- from 15
                    FROM pg_catalog.pg_publication_namespace AS s -- from 15
                    JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid -- from 15
                    WHERE s.pnpubid = p.oid -- from 15
                    SELECT NULL -- until 14
                ),
                'tables', (
                    SELECT
                        pg_catalog.jsonb_agg(
                            pg_catalog.jsonb_build_object(
                                'columns', r.prattrs::pg_catalog.int2[], -- from 15
                                'where', pg_catalog.pg_get_expr(r.prqual, r.prrelid), -- from 15
                                'table', r.prrelid::pg_catalog.int8
                            )
                        )
                    FROM pg_catalog.pg_publication_rel AS r
                    WHERE r.prpubid = p.oid
                )
            )
        ),
        '{}'
    ),
    NULL
FROM pg_catalog.pg_publication AS p
WHERE (p.tableoid, p.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
