-- Security labels.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'security_labels', s.classoid, s.objoid, s.objsubid, NULL, NULL, NULL, NULL, NULL,
    pg_catalog.jsonb_agg(s.provider || ': ' || s.label),
    NULL
FROM (
    SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label
    FROM pg_catalog.pg_seclabel AS l
    UNION ALL
    SELECT l.classoid, l.objoid, 0, l.provider, l.label
    FROM pg_catalog.pg_shseclabel AS l
    JOIN here AS h ON h.oid = l.objoid
) AS s
GROUP BY s.classoid, s.objoid, s.objsubid
