-- The columns of foreign keys.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'foreign key column', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'constraint', CONSTRAINT_NAME,
  'position', ORDINAL_POSITION,
  'column', COLUMN_NAME,
  'other_database', REFERENCED_TABLE_SCHEMA,
  'other_table', REFERENCED_TABLE_NAME,
  'other_column', REFERENCED_COLUMN_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE()
  AND REFERENCED_TABLE_NAME IS NOT NULL
