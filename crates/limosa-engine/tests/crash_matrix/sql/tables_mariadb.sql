-- The tables with rows of people.
SELECT concat('`', table_name, '`') FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'limosa\_%'
ORDER BY table_name
