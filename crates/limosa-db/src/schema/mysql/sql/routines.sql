-- Functions, procedures, packages.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'routine', CAST(CONVERT(JSON_OBJECT(
  'routine', ROUTINE_NAME,
  'type', ROUTINE_TYPE,
  'returns', DTD_IDENTIFIER,
  'collation', COLLATION_NAME,
  'deterministic', IS_DETERMINISTIC,
  'data_access', SQL_DATA_ACCESS,
  'security', SECURITY_TYPE,
  'sql_mode', SQL_MODE,
  'comment', ROUTINE_COMMENT,
  'definer', DEFINER,
  'body', ROUTINE_DEFINITION) USING utf8mb4) AS BINARY)
FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA = DATABASE()
