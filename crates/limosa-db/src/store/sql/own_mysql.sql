-- Our tables in the current database. Tested on MariaDB 10.11.
SELECT table_schema, table_name
FROM information_schema.tables
WHERE table_name IN ('limosa_history', 'limosa_journal', 'limosa_lock')
  AND table_schema = database()
ORDER BY table_schema, table_name
