-- The tables with rows of people.
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'limosa\_%'
ORDER BY relname COLLATE "C"
