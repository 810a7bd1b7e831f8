-- The tables of people: not the system's, not an extension's, not ours. PostgreSQL 12 to 18, tested on 15.
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.relname NOT IN ('limosa_history', 'limosa_journal', 'limosa_lock')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY c.reltuples DESC, n.nspname, c.relname
