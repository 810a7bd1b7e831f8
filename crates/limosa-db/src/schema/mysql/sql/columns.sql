-- Columns, those of views and sequences among them.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'column', CAST(CONVERT(JSON_OBJECT(
  'table', TABLE_NAME,
  'position', ORDINAL_POSITION,
  'type', COLUMN_TYPE,
  'nullable', IS_NULLABLE,
  'default', COLUMN_DEFAULT,
  'collation', COLLATION_NAME,
  'generated', GENERATION_EXPRESSION,
  'extra', EXTRA,
  'srs_id', SRS_ID, -- with COLUMNS.SRS_ID
  'comment', COLUMN_COMMENT,
  'column', COLUMN_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE()
