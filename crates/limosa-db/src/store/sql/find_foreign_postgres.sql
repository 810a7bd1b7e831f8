-- The tables of these names that an unqualified name means, or those of one schema. PostgreSQL 12 to 18, tested on 15.
SELECT n.nspname::text, c.relname::text,
       pg_catalog.string_agg(a.attname::text, ' ' ORDER BY a.attnum)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname = ANY (pg_catalog.string_to_array(:names, ','))
  AND c.relkind IN ('r', 'p', 'v')
  AND CASE WHEN :schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = :schema END
GROUP BY n.nspname, c.relname
ORDER BY n.nspname, c.relname
