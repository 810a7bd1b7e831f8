-- The tables of people in the current database: not ours. Tested on MariaDB 10.11.
SELECT table_schema, table_name
FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE'
  AND table_name NOT IN ('limosa_history', 'limosa_journal', 'limosa_lock')
ORDER BY table_rows DESC, table_name
