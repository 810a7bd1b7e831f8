-- Procedural languages that are no extension's.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'language', l.tableoid, l.oid, 0, NULL, NULL, NULL, l.lanowner, l.lanname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'trusted', NULLIF(l.lanpltrusted, false),
            'handler', NULLIF(l.lanplcallfoid, 0)::pg_catalog.regproc::pg_catalog.text,
            'inline', NULLIF(l.laninline, 0)::pg_catalog.regproc::pg_catalog.text,
            'validator', NULLIF(l.lanvalidator, 0)::pg_catalog.regproc::pg_catalog.text
        )
    ),
    NULL
FROM pg_catalog.pg_language AS l
WHERE l.oid >= 16384
    AND (l.tableoid, l.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
