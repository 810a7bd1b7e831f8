-- What a migration may have made beside tables, as text. MariaDB 10.11.
SELECT concat('view ', table_name, ' ', replace(view_definition, database(), 'db'))
FROM information_schema.views WHERE table_schema = database()
UNION ALL
SELECT concat('routine ', routine_name, ' ', routine_definition)
FROM information_schema.routines WHERE routine_schema = database()
UNION ALL
SELECT concat('table ', table_name, ' ', engine)
FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'
ORDER BY 1
