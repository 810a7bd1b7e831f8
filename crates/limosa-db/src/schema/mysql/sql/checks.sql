-- without CHECK_CONSTRAINTS.TABLE_NAME
-- with CHECK_CONSTRAINTS.CHECK_CLAUSE
-- Checks where their names belong to the database (MySQL).
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'check', CAST(CONVERT(JSON_OBJECT(
  'table', of_table.TABLE_NAME,
  'constraint', of_table.CONSTRAINT_NAME,
  'enforced', of_table.ENFORCED, -- with TABLE_CONSTRAINTS.ENFORCED
  'expression', one.CHECK_CLAUSE) USING utf8mb4) AS BINARY)
FROM information_schema.CHECK_CONSTRAINTS one
JOIN information_schema.TABLE_CONSTRAINTS of_table
  ON of_table.CONSTRAINT_SCHEMA = one.CONSTRAINT_SCHEMA
  AND of_table.CONSTRAINT_NAME = one.CONSTRAINT_NAME
WHERE one.CONSTRAINT_SCHEMA = DATABASE()
  AND of_table.CONSTRAINT_SCHEMA = DATABASE()
  AND of_table.CONSTRAINT_TYPE = 'CHECK'
