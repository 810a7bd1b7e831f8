-- What kind of table each is. (A join with this pragma would run it again for every row.)
-- Tested on SQLite 3.50.
SELECT name, type, wr, strict
FROM pragma_table_list
WHERE schema = 'main'
