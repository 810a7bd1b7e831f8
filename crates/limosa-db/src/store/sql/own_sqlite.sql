-- Our tables. Tested on the bundled library.
SELECT 'main', name
FROM main.sqlite_master
WHERE type = 'table' AND name IN ('limosa_history', 'limosa_journal', 'limosa_lock')
ORDER BY name
