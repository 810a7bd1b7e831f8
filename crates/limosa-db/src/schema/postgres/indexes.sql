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
    pg_catalog.pg_get_indexdef(x.indexrelid) -- to make it
    NULL -- to compare it
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE x.indexrelid >= 16384
    AND NOT c.relispartition
    AND c.relpersistence <> 't'
    AND t.relkind IN ('r', 'p', 'm')
    AND k.oid IS NULL
