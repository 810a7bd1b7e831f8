-- Every table that has one of our names, with its columns. Tested on the bundled library.
SELECT 'main', m.name,
       (SELECT group_concat(c.name, ' ') FROM pragma_table_info(m.name) c)
FROM main.sqlite_master m
WHERE m.name IN ('limosa_history', 'limosa_journal') AND :schema IS :schema
ORDER BY m.name
