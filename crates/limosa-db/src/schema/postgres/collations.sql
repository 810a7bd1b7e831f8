-- Collations that somebody made. The version of the library is the machine's.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'collation', c.tableoid, c.oid, 0, c.collnamespace, NULL, NULL, c.collowner, c.collname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'provider', CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
            'collate', c.collcollate,
            'ctype', NULLIF(c.collctype, c.collcollate),
            'locale', c.colliculocale, -- from 15 until 16
            'locale', c.colllocale, -- from 17
            'rules', c.collicurules, -- from 16
            'not_deterministic', NULLIF(NOT c.collisdeterministic, false),
            'encoding', CASE WHEN c.collencoding >= 0 THEN pg_catalog.pg_encoding_to_char(c.collencoding) END
        )
    ),
    NULL
FROM pg_catalog.pg_collation AS c
WHERE c.oid >= 16384
    AND (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
