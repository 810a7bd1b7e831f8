-- The parameters of routines; what a function returns is at position 0 and left out.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'parameter', CAST(CONVERT(JSON_OBJECT(
  'routine', SPECIFIC_NAME,
  'type', ROUTINE_TYPE,
  'position', ORDINAL_POSITION,
  'mode', PARAMETER_MODE,
  'parameter', PARAMETER_NAME,
  'collation', COLLATION_NAME,
  'is', DTD_IDENTIFIER) USING utf8mb4) AS BINARY)
FROM information_schema.PARAMETERS
WHERE SPECIFIC_SCHEMA = DATABASE()
  AND ORDINAL_POSITION > 0
