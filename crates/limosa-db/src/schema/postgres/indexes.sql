-- Indexes that are no constraint's, and no copy of one of a partitioned table's.
-- Tested on PostgreSQL 12, 15, 16 and 18.
SELECT
    'index', c.tableoid, c.oid, 0, c.relnamespace, c.tableoid, x.indrelid, NULL, c.relname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'unique', NULLIF(x.indisunique, false),
            'nulls_not_distinct', NULLIF(x.indnullsnotdistinct, false), -- from 15
            'method', CASE WHEN c.relam <> 403 THEN (
                SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = c.relam
            ) END,
            'keys', x.indkey[0:x.indnkeyatts - 1],
            'expressions', CASE WHEN x.indexprs IS NOT NULL THEN (
                SELECT
                    pg_catalog.jsonb_agg(
                        pg_catalog.pg_get_indexdef(x.indexrelid, e.n::pg_catalog.int4, false)
                        ORDER BY e.n
                    )
                FROM pg_catalog.unnest(x.indkey::pg_catalog.int2[]) WITH ORDINALITY AS e (attribute, n)
                WHERE e.attribute = 0 AND e.n <= x.indnkeyatts
            ) END,
            'orders', s.orders,
            'collations', s.collations,
            'operator_classes', s.operator_classes,
            'operator_class_options', s.operator_class_options,
            'statistics', s.statistics,
            'include', CASE WHEN x.indnatts > x.indnkeyatts THEN x.indkey[x.indnkeyatts:x.indnatts - 1] END,
            'predicate', pg_catalog.pg_get_expr(x.indpred, x.indrelid),
            'tablespace', CASE WHEN c.reltablespace <> 0 THEN (
                SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace
            ) END,
            'options', c.reloptions,
            'clustered', NULLIF(x.indisclustered, false),
            'replica_identity', NULLIF(x.indisreplident, false),
            'invalid', CASE WHEN NOT x.indisvalid THEN true END,
            'not_ready', CASE WHEN NOT x.indisready THEN true END
        )
    ),
    pg_catalog.pg_get_indexdef(x.indexrelid)
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN (
    -- What is not as it would be if it were left out, by the number of the key.
    SELECT
        x.indexrelid,
        pg_catalog.jsonb_object_agg(k.n, o.name) FILTER (WHERE o.name IS NOT NULL) AS orders,
        pg_catalog.jsonb_object_agg(k.n, n.nspname || '.' || l.collname) FILTER (WHERE l.oid IS NOT NULL) AS collations,
        pg_catalog.jsonb_object_agg(
            k.n, CASE WHEN m.nspname <> 'pg_catalog' THEN m.nspname || '.' ELSE '' END || p.opcname
        ) FILTER (WHERE p.oid IS NOT NULL) AS operator_classes,
        pg_catalog.jsonb_object_agg(k.n, b.attoptions) FILTER (WHERE b.attoptions IS NOT NULL) AS operator_class_options,
        pg_catalog.jsonb_object_agg(k.n, b.attstattarget) FILTER (WHERE b.attstattarget >= 0) AS statistics
    FROM pg_catalog.pg_index AS x
    CROSS JOIN LATERAL ROWS FROM (
        pg_catalog.unnest(x.indkey::pg_catalog.int2[]),
        pg_catalog.unnest(x.indcollation::pg_catalog.oid[]),
        pg_catalog.unnest(x.indclass::pg_catalog.oid[]),
        pg_catalog.unnest(x.indoption::pg_catalog.int2[])
    ) WITH ORDINALITY AS k (attribute, collated, class, option, n)
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attribute
    LEFT JOIN pg_catalog.pg_attribute AS b ON b.attrelid = x.indexrelid AND b.attnum = k.n
    LEFT JOIN pg_catalog.pg_opclass AS p ON p.oid = k.class AND NOT p.opcdefault
    LEFT JOIN pg_catalog.pg_namespace AS m ON m.oid = p.opcnamespace
    LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = k.collated AND a.attcollation <> k.collated
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
    LEFT JOIN (VALUES (1, 'desc nulls last'), (2, 'nulls first'), (3, 'desc')) AS o (option, name) ON o.option = k.option
    WHERE x.indexrelid >= 16384
        AND (
            o.name IS NOT NULL OR l.oid IS NOT NULL OR p.oid IS NOT NULL OR b.attoptions IS NOT NULL
            OR b.attstattarget >= 0
        )
    GROUP BY x.indexrelid
) AS s ON s.indexrelid = x.indexrelid
WHERE x.indexrelid >= 16384
    AND NOT c.relispartition
    AND c.relpersistence <> 't'
    AND t.relkind IN ('r', 'p', 'm')
    AND k.oid IS NULL
