-- The tables with rows of people.
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'limosa\_%'
  AND relname NOT IN ('_sqlx_migrations', 'goose_db_version')
ORDER BY relname COLLATE "C"
