-- Our tables, wherever they are. PostgreSQL 12 to 18, tested on 15.
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname IN ('limosa_history', 'limosa_journal', 'limosa_lock')
  AND c.relkind = 'r'
  AND n.nspname !~ '^pg_temp_'
ORDER BY n.nspname, c.relname
