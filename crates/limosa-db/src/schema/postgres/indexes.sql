-- Indexes that are no constraint's, and no copy of one of a partitioned table's.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'index', c.tableoid, c.oid, 0, c.relnamespace, c.tableoid, x.indrelid, NULL, c.relname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'keys', x.indkey[0:x.indnkeyatts - 1],
            'unique', NULLIF(x.indisunique, false),
            'predicate', pg_catalog.pg_get_expr(x.indpred, x.indrelid)
        )
        || CASE
            WHEN x.indexprs IS NULL THEN '{}'
            ELSE pg_catalog.jsonb_build_object(
                'expressions', (
                    SELECT
                        pg_catalog.jsonb_agg(
                            pg_catalog.pg_get_indexdef(x.indexrelid, e.n::pg_catalog.int4, false)
                            ORDER BY e.n
                        )
                    FROM pg_catalog.unnest(x.indkey::pg_catalog.int2[]) WITH ORDINALITY AS e (attribute, n)
                    WHERE e.attribute = 0 AND e.n <= x.indnkeyatts
                )
            )
        END
        || CASE
            WHEN c.relam <> 403
                OR x.indnullsnotdistinct -- from 15
                OR x.indnatts > x.indnkeyatts
                OR c.reltablespace <> 0
                OR c.reloptions IS NOT NULL
                OR x.indisclustered
                OR x.indisreplident
                OR NOT x.indisvalid
                OR NOT x.indisready
                THEN pg_catalog.jsonb_build_object(
                    'nulls_not_distinct', NULLIF(x.indnullsnotdistinct, false), -- from 15
                    'method', CASE WHEN c.relam <> 403 THEN (
                        SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = c.relam
                    ) END,
                    'include', CASE WHEN x.indnatts > x.indnkeyatts THEN x.indkey[x.indnkeyatts:x.indnatts - 1] END,
                    'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace),
                    'options', c.reloptions,
                    'clustered', NULLIF(x.indisclustered, false),
                    'replica_identity', NULLIF(x.indisreplident, false),
                    'invalid', NULLIF(NOT x.indisvalid, false),
                    'not_ready', NULLIF(NOT x.indisready, false)
                )
            ELSE '{}'
        END
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
