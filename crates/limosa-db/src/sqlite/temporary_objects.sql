-- What is in the temporary schema, such that dropping in this order never drops a thing twice:
-- views and triggers before tables. Indexes go with their tables, and so do the shadow tables of virtual ones.
-- Tested on SQLite 3.51.
SELECT s.type, s.name
FROM temp.sqlite_schema AS s
WHERE s.type IN ('view', 'trigger', 'table')
    AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY CASE s.type WHEN 'trigger' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, s.rowid
