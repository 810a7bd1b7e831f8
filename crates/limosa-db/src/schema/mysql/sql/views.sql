-- Views.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'view', CAST(CONVERT(JSON_OBJECT(
  'view', TABLE_NAME,
  'check_option', CHECK_OPTION,
  'definer', DEFINER,
  'security', SECURITY_TYPE,
  'algorithm', ALGORITHM, -- with VIEWS.ALGORITHM
  'definition', VIEW_DEFINITION) USING utf8mb4) AS BINARY)
FROM information_schema.VIEWS
WHERE TABLE_SCHEMA = DATABASE()
