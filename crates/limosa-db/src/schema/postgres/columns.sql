-- Columns of tables; those of views with the little that their definition does not say.
-- Tested on PostgreSQL 12, 15, 16 and 18.
SELECT
    'column', c.tableoid, a.attrelid, a.attnum, NULL, c.tableoid, a.attrelid, NULL, a.attname::pg_catalog.text,
    CASE
        WHEN c.relkind NOT IN ('v', 'm') OR d.oid IS NOT NULL OR a.attoptions IS NOT NULL
            OR a.attstattarget >= 0 OR c.relkind = 'm' AND a.attstorage <> t.typstorage
            THEN pg_catalog.jsonb_strip_nulls(
                pg_catalog.jsonb_build_object(
                    'type', CASE WHEN c.relkind NOT IN ('v', 'm') THEN
                        pg_catalog.format_type(a.atttypid, a.atttypmod) END,
                    'nullable', CASE WHEN c.relkind NOT IN ('v', 'm') AND NOT a.attnotnull THEN true END,
                    'collation', CASE WHEN c.relkind NOT IN ('v', 'm') AND a.attcollation <> t.typcollation THEN
                        a.attcollation::pg_catalog.regcollation::pg_catalog.text -- from 13
                        (SELECT n.nspname || '.' || l.collname FROM pg_catalog.pg_collation AS l, pg_catalog.pg_namespace AS n WHERE l.oid = a.attcollation AND n.oid = l.collnamespace) -- until 12
                    END,
                    CASE a.attgenerated WHEN '' THEN 'default' ELSE 'generated' END,
                    pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                    'generated_kind', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
                    'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
                    'storage', CASE WHEN a.attstorage <> t.typstorage AND c.relkind <> 'v' THEN
                        CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END
                    END,
                    'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END, -- from 14
                    'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
                    'options', a.attoptions,
                    'server_options', a.attfdwoptions,
                    'inherited', CASE WHEN a.attinhcount > 0 THEN true END,
                    'local', CASE WHEN a.attinhcount > 0 AND a.attislocal THEN true END
                )
            )
    END,
    NULL
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid >= 16384
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND c.relpersistence <> 't'
