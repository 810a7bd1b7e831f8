-- The parts of indexes.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'index', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'index', INDEX_NAME,
  'position', SEQ_IN_INDEX,
  'repeats', NON_UNIQUE,
  'direction', COLLATION,
  'prefix', SUB_PART,
  'method', INDEX_TYPE,
  'ignored', IGNORED, -- with STATISTICS.IGNORED
  'visible', IS_VISIBLE, -- with STATISTICS.IS_VISIBLE
  'expression', EXPRESSION, -- with STATISTICS.EXPRESSION
  'comment', INDEX_COMMENT,
  'column', COLUMN_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE()
