-- The tables with rows of people.
SELECT concat('`', table_name, '`') FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'limosa\_%'
  AND table_name NOT IN ('_sqlx_migrations', 'goose_db_version')
ORDER BY table_name
