-- Tested on SQLite 3.51.
SELECT d.name
FROM pragma_database_list AS d
WHERE d.seq > 1
