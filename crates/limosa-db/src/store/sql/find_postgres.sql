-- Every table that has one of our names, with its columns. PostgreSQL 12 to 18, tested on 15.
SELECT n.nspname::text, c.relname::text,
       pg_catalog.string_agg(a.attname::text, ' ' ORDER BY a.attnum)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname IN ('limosa_history', 'limosa_journal')
  AND n.nspname !~ '^pg_temp_'
  AND (:schema IS NULL OR n.nspname = :schema)
GROUP BY n.nspname, c.relname
ORDER BY n.nspname, c.relname
