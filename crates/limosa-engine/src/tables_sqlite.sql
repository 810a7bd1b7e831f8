-- The tables of people: not the library's, not ours. Tested on the bundled library.
SELECT 'main', name
FROM main.sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND name NOT IN ('limosa_history', 'limosa_journal')
ORDER BY name
