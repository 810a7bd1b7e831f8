-- Foreign keys.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'foreign key', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'constraint', CONSTRAINT_NAME,
  'on_update', UPDATE_RULE,
  'on_delete', DELETE_RULE) USING utf8mb4) AS BINARY)
FROM information_schema.REFERENTIAL_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = DATABASE()
