-- What is told of the keys of indexes, by their numbers, as far as it is not as it would be if it were left out.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'keys', 'pg_catalog.pg_class'::pg_catalog.regclass, x.indexrelid, 0, NULL, NULL, NULL, NULL, NULL,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'orders', pg_catalog.jsonb_object_agg(
                k.attnum,
                CASE x.indoption[k.attnum - 1] WHEN 1 THEN 'desc nulls last' WHEN 2 THEN 'nulls first' WHEN 3 THEN 'desc' END
            ) FILTER (WHERE x.indoption[k.attnum - 1] <> 0),
            'collations', pg_catalog.jsonb_object_agg(k.attnum, n.nspname || '.' || l.collname) FILTER (WHERE l.oid IS NOT NULL),
            'operator_classes', pg_catalog.jsonb_object_agg(
                k.attnum, CASE WHEN m.nspname <> 'pg_catalog' THEN m.nspname || '.' ELSE '' END || p.opcname
            ) FILTER (WHERE p.oid IS NOT NULL),
            'operator_class_options', pg_catalog.jsonb_object_agg(k.attnum, k.attoptions)
                FILTER (WHERE k.attoptions IS NOT NULL),
            'statistics', pg_catalog.jsonb_object_agg(k.attnum, k.attstattarget) FILTER (WHERE k.attstattarget >= 0)
        )
    ),
    NULL
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_attribute AS k ON k.attrelid = x.indexrelid AND k.attnum <= x.indnkeyatts
LEFT JOIN pg_catalog.pg_opclass AS p ON p.oid = x.indclass[k.attnum - 1] AND NOT p.opcdefault
LEFT JOIN pg_catalog.pg_namespace AS m ON m.oid = p.opcnamespace
-- The collation of the column, where it is not the default one.
LEFT JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = x.indrelid AND a.attnum = x.indkey[k.attnum - 1] AND a.attnum > 0 AND a.attcollation NOT IN (0, 100)
LEFT JOIN pg_catalog.pg_collation AS l
    ON l.oid = k.attcollation AND k.attcollation <> 0 AND k.attcollation <> COALESCE(a.attcollation, 100)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
WHERE x.indexrelid >= 16384
    AND (
        x.indoption[k.attnum - 1] <> 0 OR l.oid IS NOT NULL OR p.oid IS NOT NULL OR k.attoptions IS NOT NULL
        OR k.attstattarget >= 0
    )
GROUP BY x.indexrelid
