-- Whether the database is empty but for the tables of Limosa, and those in which SQLite itself keeps something about
-- them. There is no limit for locks.
SELECT
    NOT EXISTS (
        SELECT 1 FROM sqlite_schema
        WHERE tbl_name NOT LIKE 'limosa\_%' ESCAPE '\' AND tbl_name NOT LIKE 'sqlite\_%' ESCAPE '\'
    ),
    NULL,
    0
