-- Triggers.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'trigger', CAST(CONVERT(JSON_OBJECT(
  'table', EVENT_OBJECT_TABLE,
  'trigger', TRIGGER_NAME,
  'event', EVENT_MANIPULATION,
  'timing', ACTION_TIMING,
  'order', ACTION_ORDER,
  'sql_mode', SQL_MODE,
  'definer', DEFINER,
  'definition', ACTION_STATEMENT) USING utf8mb4) AS BINARY)
FROM information_schema.TRIGGERS
WHERE TRIGGER_SCHEMA = DATABASE()
