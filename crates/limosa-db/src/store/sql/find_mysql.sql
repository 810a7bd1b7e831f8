-- Every table that has one of our names, with its columns. Tested on MariaDB 10.11.
SELECT table_schema, table_name,
       group_concat(column_name ORDER BY ordinal_position SEPARATOR ' ')
FROM information_schema.columns
WHERE table_name IN ('limosa_history', 'limosa_journal')
  AND table_schema = coalesce(:schema, database())
GROUP BY table_schema, table_name
ORDER BY table_schema, table_name
