-- The columns of the tables of these names: those in one schema, or those that an unqualified name may mean to a tool.
-- PostgreSQL 12 to 18, tested on 15.
SELECT n.nspname::text, c.relname::text,
       CASE c.relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table'
                      ELSE 'a table' END,
       a.attname::text, pg_catalog.format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL),
       coalesce(n.nspname = pg_catalog.current_schema(), FALSE), pg_catalog.pg_table_is_visible(c.oid), TRUE
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relname = ANY (pg_catalog.string_to_array(:names, pg_catalog.chr(1)))
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND CASE WHEN :schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) OR n.nspname = 'public'
           ELSE n.nspname = :schema END
ORDER BY n.nspname, c.relname, a.attnum
