-- Partitions and their parts.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'partition', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'partition', PARTITION_NAME,
  'subpartition', SUBPARTITION_NAME,
  'position', PARTITION_ORDINAL_POSITION,
  'subposition', SUBPARTITION_ORDINAL_POSITION,
  'method', PARTITION_METHOD,
  'submethod', SUBPARTITION_METHOD,
  'expression', PARTITION_EXPRESSION,
  'subexpression', SUBPARTITION_EXPRESSION,
  'values', PARTITION_DESCRIPTION,
  'comment', PARTITION_COMMENT) USING utf8mb4) AS BINARY)
FROM information_schema.PARTITIONS
WHERE TABLE_SCHEMA = DATABASE()
  AND PARTITION_NAME IS NOT NULL
