-- The tables of these names in the current database, or in another one. Tested on MariaDB 10.11.
SELECT table_schema, table_name,
       group_concat(column_name ORDER BY ordinal_position SEPARATOR ' ')
FROM information_schema.columns
WHERE find_in_set(table_name, :names)
  AND table_schema = coalesce(:schema, database())
GROUP BY table_schema, table_name
ORDER BY table_schema, table_name
