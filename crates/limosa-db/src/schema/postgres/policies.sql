-- Row security policies.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'policy', p.tableoid, p.oid, 0, NULL, c.tableoid, p.polrelid, NULL, p.polname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'command', CASE p.polcmd
                WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
            END,
            'restrictive', NULLIF(NOT p.polpermissive, false),
            'roles', (
                SELECT pg_catalog.jsonb_agg(r.rolname) FROM pg_catalog.pg_roles AS r WHERE r.oid = ANY (p.polroles)
            ),
            'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
        )
    ),
    NULL
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
WHERE p.oid >= 16384 AND c.relpersistence <> 't'
