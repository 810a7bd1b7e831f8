-- Whether the database is empty but for the tables of Limosa. There is no limit for locks.
SELECT
    NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE tbl_name NOT LIKE 'limosa\_%' ESCAPE '\'),
    NULL,
    0
