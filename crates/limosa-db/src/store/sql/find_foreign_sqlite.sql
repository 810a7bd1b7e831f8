-- The columns of the tables of these names. Tested on the bundled library.
SELECT 'main', m.name, 'a ' || m.type, c.name, c.type, 1, 1, 0
FROM main.sqlite_master m
JOIN pragma_table_info(m.name, 'main') c
WHERE instr(char(1) || lower(:names) || char(1), char(1) || lower(m.name) || char(1)) > 0
  AND m.type IN ('table', 'view') AND :schema IS :schema
ORDER BY m.name, c.cid
