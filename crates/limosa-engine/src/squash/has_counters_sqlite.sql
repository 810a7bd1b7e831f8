-- The table of counters is there from the first AUTOINCREMENT on. SQLite.
SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'
