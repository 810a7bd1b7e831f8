-- The columns of the current database that are not computed. Tested on MariaDB 10.11.
SELECT TABLE_NAME, COLUMN_NAME
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND COALESCE(GENERATION_EXPRESSION, '') = ''
ORDER BY TABLE_NAME, ORDINAL_POSITION
