-- The columns of the tables of these names in the current database, or in another one. Tested on MariaDB 10.11.
-- Both sides say which tables are meant: a side that does not has every table of the schema opened.
SELECT c.table_schema, c.table_name, if(t.table_type LIKE '%VIEW', 'a view', 'a table'), c.column_name, c.data_type,
       c.table_schema = database(), 1, @@lower_case_table_names = 0
FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE instr(concat(char(1), :names, char(1)), concat(char(1), c.table_name, char(1)))
  AND instr(concat(char(1), :names, char(1)), concat(char(1), t.table_name, char(1)))
  AND c.table_schema = coalesce(:schema, database())
  AND t.table_schema = coalesce(:schema, database())
ORDER BY c.table_schema, c.table_name, c.ordinal_position
