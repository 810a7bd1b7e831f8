-- Functions, procedures, aggregates and window functions.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'routine', p.tableoid, p.oid, 0, p.pronamespace, NULL, NULL, p.proowner,
    p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')',
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'kind', CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window' END,
            'arguments', NULLIF(pg_catalog.pg_get_function_arguments(p.oid), ''),
            'returns', CASE WHEN p.prokind <> 'p' THEN pg_catalog.pg_get_function_result(p.oid) END,
            'language', CASE WHEN p.prokind <> 'a' THEN l.lanname END,
            'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END,
            'strict', NULLIF(p.proisstrict, false),
            'security_definer', NULLIF(p.prosecdef, false),
            'leakproof', NULLIF(p.proleakproof, false),
            'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END,
            'cost', CASE
                WHEN p.prokind <> 'a' AND p.procost <> CASE WHEN l.lanname IN ('c', 'internal') THEN 1 ELSE 100 END
                    THEN p.procost
            END,
            'rows', CASE WHEN p.proretset AND p.prorows <> 1000 THEN p.prorows END,
            'support', NULLIF(p.prosupport, 0)::pg_catalog.regproc::pg_catalog.text,
            'settings', p.proconfig,
            'transforms', CASE WHEN p.protrftypes IS NOT NULL THEN (
                SELECT pg_catalog.jsonb_agg(pg_catalog.format_type(t.type, NULL) ORDER BY t.n)
                FROM pg_catalog.unnest(p.protrftypes) WITH ORDINALITY AS t (type, n)
            ) END,
            'body', CASE
                WHEN p.prosqlbody IS NOT NULL THEN pg_catalog.pg_get_function_sqlbody(p.oid) -- from 14
                WHEN p.prokind <> 'a' THEN p.prosrc
            END,
            'library', p.probin
        )
        || CASE WHEN p.prokind = 'a' THEN (
            SELECT
                pg_catalog.jsonb_build_object(
                    'aggregate_kind', CASE a.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' END,
                    'transition', a.aggtransfn::pg_catalog.text,
                    'state', pg_catalog.format_type(a.aggtranstype, NULL),
                    'state_size', NULLIF(a.aggtransspace, 0),
                    'initial', a.agginitval,
                    'final', NULLIF(a.aggfinalfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'final_extra', NULLIF(a.aggfinalextra, false),
                    'final_modify', CASE
                        WHEN a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END
                            THEN CASE a.aggfinalmodify WHEN 'r' THEN 'read only' WHEN 's' THEN 'shareable' ELSE 'read write' END
                    END,
                    'combine', NULLIF(a.aggcombinefn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'serialize', NULLIF(a.aggserialfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'deserialize', NULLIF(a.aggdeserialfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'moving_transition', NULLIF(a.aggmtransfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'moving_inverse', NULLIF(a.aggminvtransfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'moving_state', CASE
                        WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL)
                    END,
                    'moving_state_size', NULLIF(a.aggmtransspace, 0),
                    'moving_initial', a.aggminitval,
                    'moving_final', NULLIF(a.aggmfinalfn, 0)::pg_catalog.regproc::pg_catalog.text,
                    'moving_final_extra', NULLIF(a.aggmfinalextra, false),
                    'moving_final_modify', CASE
                        WHEN a.aggmtransfn <> 0
                            AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END
                            THEN CASE a.aggmfinalmodify WHEN 'r' THEN 'read only' WHEN 's' THEN 'shareable' ELSE 'read write' END
                    END,
                    'sort_operator', NULLIF(a.aggsortop, 0)::pg_catalog.regoperator::pg_catalog.text
                )
            FROM pg_catalog.pg_aggregate AS a
            WHERE a.aggfnoid = p.oid
        ) ELSE '{}' END
    ),
    CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END -- to make it
    NULL -- to compare it
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE p.oid >= 16384
    -- The server makes the constructors of a range with its type.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.deptype = 'i'
    )
    AND (p.tableoid, p.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
