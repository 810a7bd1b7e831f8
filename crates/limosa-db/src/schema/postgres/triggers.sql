-- Triggers. A copy on a partition is listed only where it is switched in another way than its original.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'trigger', t.tableoid, t.oid, 0, NULL, c.tableoid, t.tgrelid, NULL, t.tgname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'definition', CASE WHEN p.oid IS NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END,
            'inherited', CASE WHEN p.oid IS NOT NULL THEN true END,
            'enabled', CASE t.tgenabled
                WHEN 'D' THEN 'disabled'
                WHEN 'R' THEN 'replica'
                WHEN 'A' THEN 'always'
                ELSE CASE WHEN p.oid IS NOT NULL THEN 'origin' END
            END
        )
    ),
    NULL
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
LEFT JOIN pg_catalog.pg_trigger AS p ON p.oid = t.tgparentid -- from 13
LEFT JOIN pg_catalog.pg_trigger AS p ON p.oid = 0 -- until 12
WHERE t.oid >= 16384
    AND NOT t.tgisinternal -- from 15
    AND NOT t.tgisinternal -- until 12
    AND (NOT t.tgisinternal OR p.oid IS NOT NULL) -- from 13 until 14
    AND (p.oid IS NULL OR p.tgenabled <> t.tgenabled)
