-- with CHECK_CONSTRAINTS.TABLE_NAME
-- Checks where their names belong to tables (MariaDB).
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'check', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'constraint', CONSTRAINT_NAME,
  'level', LEVEL, -- with CHECK_CONSTRAINTS.LEVEL
  'expression', CHECK_CLAUSE) USING utf8mb4) AS BINARY)
FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = DATABASE()
