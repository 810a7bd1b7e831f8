-- The tables with rows of people.
SELECT '"' || name || '"' FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE 'limosa\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND name NOT IN ('_sqlx_migrations', 'goose_db_version')
ORDER BY name
