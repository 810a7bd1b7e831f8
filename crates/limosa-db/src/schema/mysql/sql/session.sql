-- Where we are, as whom, and what counts as the default.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'session', CAST(CONVERT(JSON_OBJECT(
  'database', DATABASE(),
  'user', CURRENT_USER(),
  'sql_mode', @@GLOBAL.sql_mode,
  'server_collation', @@GLOBAL.collation_server,
  'collation', DEFAULT_COLLATION_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.SCHEMATA
WHERE SCHEMA_NAME = DATABASE()
