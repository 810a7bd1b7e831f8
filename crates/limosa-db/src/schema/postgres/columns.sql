-- Columns of tables; those of views with the little that their definition does not say. What few columns have is asked
-- for those only.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'column', c.tableoid, a.attrelid, a.attnum, NULL, c.tableoid, a.attrelid, NULL, a.attname::pg_catalog.text,
    NULLIF(
        pg_catalog.jsonb_strip_nulls(
            CASE
                WHEN c.relkind IN ('v', 'm') THEN '{}'
                ELSE pg_catalog.jsonb_build_object(
                    'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                    'nullable', NULLIF(NOT a.attnotnull, false)
                )
            END
            || CASE
                WHEN d.oid IS NULL THEN '{}'
                ELSE pg_catalog.jsonb_build_object(
                    CASE a.attgenerated WHEN '' THEN 'default' ELSE 'generated' END,
                    pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                    'generated_kind', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END
                )
            END
            || CASE
                WHEN a.attidentity = ''
                    OR c.relispartition -- from 17
                    THEN '{}' -- a partition has that of its table
                ELSE pg_catalog.jsonb_build_object(
                    'identity', CASE a.attidentity WHEN 'a' THEN 'always' ELSE 'by default' END
                )
            END
            || CASE
                WHEN a.attcollation <> t.typcollation
                    OR a.attstorage <> t.typstorage
                    OR a.attcompression <> '' -- from 14
                    OR a.attstattarget >= 0
                    OR a.attoptions IS NOT NULL
                    OR a.attfdwoptions IS NOT NULL
                    OR a.attinhcount > 0
                    THEN pg_catalog.jsonb_build_object(
                        'collation', CASE WHEN c.relkind NOT IN ('v', 'm') THEN l.name END,
                        'storage', CASE WHEN c.relkind <> 'v' AND a.attstorage <> t.typstorage THEN
                            CASE a.attstorage
                                WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended'
                            END
                        END,
                        'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END, -- from 14
                        'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
                        'options', a.attoptions,
                        'server_options', a.attfdwoptions,
                        'inherited', NULLIF(a.attinhcount > 0, false),
                        'local', NULLIF(a.attinhcount > 0 AND a.attislocal, false)
                    )
                ELSE '{}'
            END
        ),
        '{}'
    ),
    NULL
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN (
    SELECT l.oid, n.nspname || '.' || l.collname AS name
    FROM pg_catalog.pg_collation AS l
    JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
) AS l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
WHERE a.attrelid >= 16384
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND c.relpersistence <> 't'
