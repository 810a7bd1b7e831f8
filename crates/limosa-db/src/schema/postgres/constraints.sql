-- Constraints of tables. What a partition has from its table, or a child from its parent, is left out. The index of
-- a constraint is told with it, and has its name.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'constraint', k.tableoid, k.oid, 0, NULL, c.tableoid, k.conrelid, NULL, k.conname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        CASE k.contype
            WHEN 'c' THEN pg_catalog.jsonb_build_object(
                'form', 'check',
                'expression', pg_catalog.pg_get_expr(k.conbin, k.conrelid),
                'no_inherit', NULLIF(k.connoinherit, false)
            )
            WHEN 'f' THEN pg_catalog.jsonb_build_object(
                'form', 'foreign key',
                'columns', k.conkey,
                'references', k.confrelid::pg_catalog.int8,
                'referenced_columns', k.confkey,
                -- Which key of the other table, where it has several that would do.
                'referenced_index', CASE WHEN NOT x.indisprimary THEN i.relname END,
                'on_delete', CASE k.confdeltype
                    WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
                END,
                'on_update', CASE k.confupdtype
                    WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
                END,
                'on_delete_columns', k.confdelsetcols, -- from 15
                'period', NULLIF(k.conperiod, false), -- from 18
                'match', CASE k.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' END
            )
            WHEN 'n' THEN pg_catalog.jsonb_build_object(
                'form', 'not null',
                'columns', k.conkey,
                'no_inherit', NULLIF(k.connoinherit, false)
            )
            WHEN 'x' THEN pg_catalog.jsonb_build_object(
                'form', 'exclude',
                'elements', (
                    SELECT
                        pg_catalog.jsonb_agg(
                            pg_catalog.pg_get_indexdef(k.conindid, e.n::pg_catalog.int4, false)
                            || ' WITH ' || e.operator::pg_catalog.regoperator
                            ORDER BY e.n
                        )
                    FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS e (operator, n)
                ),
                'method', (SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = i.relam),
                'predicate', pg_catalog.pg_get_expr(x.indpred, x.indrelid)
            )
            ELSE pg_catalog.jsonb_build_object(
                'form', CASE k.contype WHEN 'p' THEN 'primary key' ELSE 'unique' END,
                'without_overlaps', NULLIF(k.conperiod, false), -- from 18
                'nulls_not_distinct', NULLIF(x.indnullsnotdistinct, false), -- from 15
                'columns', k.conkey
            )
        END
        -- The index.
        || CASE
            WHEN k.contype IN ('p', 'u', 'x')
                AND (
                    x.indnatts > x.indnkeyatts OR i.reltablespace <> 0 OR i.reloptions IS NOT NULL OR x.indisclustered
                    OR x.indisreplident OR NOT x.indisvalid
                )
                THEN pg_catalog.jsonb_build_object(
                    'include', CASE WHEN x.indnatts > x.indnkeyatts THEN x.indkey[x.indnkeyatts:x.indnatts - 1] END,
                    'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = i.reltablespace),
                    'options', i.reloptions,
                    'clustered', NULLIF(x.indisclustered, false),
                    'replica_identity', NULLIF(x.indisreplident, false),
                    'invalid', NULLIF(NOT x.indisvalid, false)
                )
            ELSE '{}'
        END
        || CASE
            WHEN k.condeferrable
                OR NOT k.convalidated
                OR NOT k.conenforced -- from 18
                OR k.coninhcount > 0
                OR r.disabled
                THEN pg_catalog.jsonb_build_object(
                    'deferrable', NULLIF(k.condeferrable, false),
                    'initially_deferred', NULLIF(k.condeferred, false),
                    'not_enforced', NULLIF(NOT k.conenforced, false), -- from 18
                    'not_valid', NULLIF(NOT k.convalidated AND k.conenforced, false), -- from 18
                    'not_valid', NULLIF(NOT k.convalidated, false), -- until 17
                    'inherited', NULLIF(k.coninhcount > 0, false),
                    'triggers_disabled', r.disabled
                )
            ELSE '{}'
        END
    ),
    pg_catalog.pg_get_constraintdef(k.oid) -- to make it
    NULL -- to compare it
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
LEFT JOIN pg_catalog.pg_class AS i ON i.oid = k.conindid
LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = k.conindid
LEFT JOIN (
    SELECT t.tgconstraint, true AS disabled
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgisinternal AND t.tgconstraint <> 0 AND t.tgenabled <> 'O'
    GROUP BY t.tgconstraint
) AS r ON r.tgconstraint = k.oid
LEFT JOIN pg_catalog.pg_attribute AS a ON k.contype = 'n' AND a.attrelid = k.conrelid AND a.attnum = k.conkey[1] -- from 18
WHERE k.oid >= 16384
    AND k.conislocal
    AND k.contype IN ('p', 'u', 'f', 'c', 'x', 'n')
    AND c.relpersistence <> 't'
    AND NOT (k.contype = 'n' AND k.convalidated AND NOT k.connoinherit AND k.conname = c.relname || '_' || a.attname || '_not_null') -- from 18
