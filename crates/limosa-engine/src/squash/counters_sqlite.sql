-- The last value of each column that counts up. SQLite.
SELECT name, CAST(seq AS TEXT), name FROM sqlite_sequence
