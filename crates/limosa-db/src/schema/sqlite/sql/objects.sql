-- Everything that was made by a statement.
-- Tested on SQLite 3.50.
SELECT type, name, tbl_name, sql
FROM main.sqlite_schema
WHERE sql IS NOT NULL
  AND substr(name, 1, 7) <> 'sqlite_'
ORDER BY type, name
