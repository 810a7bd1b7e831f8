-- Scheduled events. One that was made without a beginning begins when it was made or last changed.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'event', CAST(CONVERT(JSON_OBJECT(
  'event', EVENT_NAME,
  'definer', DEFINER,
  'time_zone', TIME_ZONE,
  'at', CAST(EXECUTE_AT AS CHAR),
  'every', INTERVAL_VALUE,
  'unit', INTERVAL_FIELD,
  'starts', CAST(STARTS AS CHAR),
  'starts_by_itself', CONVERT_TZ(STARTS, TIME_ZONE, @@SESSION.time_zone) IN (CREATED, LAST_ALTERED),
  'ends', CAST(ENDS AS CHAR),
  'status', STATUS,
  'on_completion', ON_COMPLETION,
  'sql_mode', SQL_MODE,
  'comment', EVENT_COMMENT,
  'definition', EVENT_DEFINITION) USING utf8mb4) AS BINARY)
FROM information_schema.EVENTS
WHERE EVENT_SCHEMA = DATABASE()
