-- Constraints of tables. What a partition has from its table, or a child from its parent, is left out. The index of
-- a constraint is told with it, and has its name.
-- Tested on PostgreSQL 12, 15, 16 and 18.
SELECT
    'constraint', k.tableoid, k.oid, 0, NULL, c.tableoid, k.conrelid, NULL, k.conname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'form', CASE k.contype
                WHEN 'p' THEN 'primary key'
                WHEN 'u' THEN 'unique'
                WHEN 'f' THEN 'foreign key'
                WHEN 'c' THEN 'check'
                WHEN 'x' THEN 'exclude'
                WHEN 'n' THEN 'not null'
            END,
            'columns', CASE WHEN k.contype IN ('p', 'u', 'f', 'n') THEN k.conkey END,
            'without_overlaps', CASE WHEN k.contype IN ('p', 'u') THEN NULLIF(k.conperiod, false) END, -- from 18
            'period', CASE WHEN k.contype = 'f' THEN NULLIF(k.conperiod, false) END, -- from 18
            'references', CASE k.contype WHEN 'f' THEN k.confrelid::pg_catalog.int8 END,
            'referenced_columns', k.confkey,
            -- Which key of the other table, where it has several that would do.
            'referenced_index', CASE WHEN k.contype = 'f' AND NOT x.indisprimary THEN i.relname END,
            'on_delete', CASE k.confdeltype
                WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
            END,
            'on_update', CASE k.confupdtype
                WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
            END,
            'on_delete_columns', k.confdelsetcols, -- from 15
            'match', CASE k.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' END,
            'deferrable', NULLIF(k.condeferrable, false),
            'initially_deferred', NULLIF(k.condeferred, false),
            'not_enforced', CASE WHEN NOT k.conenforced THEN true END, -- from 18
            'not_valid', CASE WHEN NOT k.convalidated AND k.conenforced THEN true END, -- from 18
            'not_valid', CASE WHEN NOT k.convalidated THEN true END, -- until 17
            'no_inherit', CASE WHEN k.contype IN ('c', 'n') THEN NULLIF(k.connoinherit, false) END,
            'inherited', CASE WHEN k.coninhcount > 0 THEN true END,
            'expression', CASE k.contype WHEN 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) END,
            'elements', CASE k.contype WHEN 'x' THEN (
                SELECT
                    pg_catalog.jsonb_agg(
                        pg_catalog.pg_get_indexdef(k.conindid, e.n::pg_catalog.int4, false)
                        || ' WITH ' || e.operator::pg_catalog.regoperator
                        ORDER BY e.n
                    )
                FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS e (operator, n)
            ) END,
            'triggers_disabled', r.disabled,
            -- The index.
            'include', CASE WHEN k.contype <> 'f' AND x.indnatts > x.indnkeyatts THEN
                x.indkey[x.indnkeyatts:x.indnatts - 1]
            END,
            'nulls_not_distinct', CASE WHEN k.contype <> 'f' THEN NULLIF(x.indnullsnotdistinct, false) END, -- from 15
            'method', CASE WHEN k.contype = 'x' THEN (
                SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = i.relam
            ) END,
            'predicate', CASE WHEN k.contype = 'x' THEN pg_catalog.pg_get_expr(x.indpred, x.indrelid) END,
            'tablespace', CASE WHEN k.contype <> 'f' AND i.reltablespace <> 0 THEN (
                SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = i.reltablespace
            ) END,
            'options', CASE WHEN k.contype <> 'f' THEN i.reloptions END,
            'clustered', CASE WHEN k.contype <> 'f' THEN NULLIF(x.indisclustered, false) END,
            'replica_identity', CASE WHEN k.contype <> 'f' THEN NULLIF(x.indisreplident, false) END,
            'invalid', CASE WHEN k.contype <> 'f' AND NOT x.indisvalid THEN true END
        )
    ),
    pg_catalog.pg_get_constraintdef(k.oid)
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
