-- Everything that was made by a statement, and what kind of table it is.
-- Tested on SQLite 3.50.
SELECT made.type, made.name, made.tbl_name, made.sql, listed.type, listed.wr, listed.strict
FROM main.sqlite_schema AS made
LEFT JOIN pragma_table_list AS listed
  ON listed.schema = 'main' AND listed.name = made.name AND made.type = 'table'
WHERE made.sql IS NOT NULL
  AND substr(made.name, 1, 7) <> 'sqlite_'
ORDER BY made.type, made.name
