-- The columns of ordinary tables. Those of a virtual one are known to its module only, which may not be there.
-- Tested on SQLite 3.50.
SELECT made.name, one.name, one.type, one."notnull", one.pk, one.hidden
FROM main.sqlite_schema AS made
JOIN pragma_table_xinfo(made.name, 'main') AS one
WHERE made.type = 'table'
  AND made.rootpage > 0
  AND substr(made.name, 1, 7) <> 'sqlite_'
ORDER BY made.name, one.cid
