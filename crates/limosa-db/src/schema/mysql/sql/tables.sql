-- Tables and sequences.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'table', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'type', TABLE_TYPE,
  'engine', ENGINE,
  'collation', TABLE_COLLATION,
  'options', CREATE_OPTIONS,
  'comment', TABLE_COMMENT) USING utf8mb4) AS BINARY)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE()
  AND TABLE_TYPE <> 'VIEW'
  AND (TEMPORARY IS NULL OR TEMPORARY = 'N') -- with TABLES.TEMPORARY
