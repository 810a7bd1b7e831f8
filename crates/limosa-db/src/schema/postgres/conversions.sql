-- Conversions between encodings.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'conversion', c.tableoid, c.oid, 0, c.connamespace, NULL, NULL, c.conowner, c.conname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'from', pg_catalog.pg_encoding_to_char(c.conforencoding),
            'to', pg_catalog.pg_encoding_to_char(c.contoencoding),
            'function', c.conproc::pg_catalog.text,
            'default', NULLIF(c.condefault, false)
        )
    ),
    NULL
FROM pg_catalog.pg_conversion AS c
WHERE c.oid >= 16384
    AND (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
