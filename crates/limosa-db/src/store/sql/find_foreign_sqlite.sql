-- The tables of these names. Tested on the bundled library.
SELECT 'main', m.name,
       (SELECT group_concat(c.name, ' ') FROM pragma_table_info(m.name) c)
FROM main.sqlite_master m
WHERE instr(',' || :names || ',', ',' || m.name || ',') > 0 AND m.type IN ('table', 'view') AND :schema IS :schema
ORDER BY m.name
