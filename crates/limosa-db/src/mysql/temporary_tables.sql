-- The temporary tables of this session; servers before MariaDB 11.2 have no list of them.
-- Not yet tested on any: written from MariaDB's documentation.
SELECT t.TABLE_SCHEMA, t.TABLE_NAME
FROM information_schema.TABLES AS t
WHERE t.TABLE_TYPE = 'TEMPORARY'
