-- Views and materialized views.
-- Tested on PostgreSQL 12 to 18.
SELECT
    CASE
        WHEN (c.tableoid, c.oid) IN (SELECT m.classid, m.objid FROM members AS m) THEN 'hidden'
        WHEN c.relkind = 'v' THEN 'view'
        ELSE 'materialized view'
    END,
    c.tableoid, c.oid, 0, c.relnamespace, NULL, NULL, c.relowner, c.relname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'definition', CASE
                WHEN (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
                    THEN pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')
            END,
            'options', c.reloptions,
            'access_method', CASE WHEN c.relam NOT IN (0, 2) THEN (
                SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = c.relam
            ) END,
            'tablespace', CASE WHEN c.reltablespace <> 0 THEN (
                SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace
            ) END,
            'unpopulated', NULLIF(NOT c.relispopulated, false)
        )
    ),
    NULL
FROM pg_catalog.pg_class AS c
WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
