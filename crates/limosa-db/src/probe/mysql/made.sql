-- When a table got its definition, and whether that is long enough ago to tell a later change from it.
-- Tested on MariaDB 10.11.
SELECT UNIX_TIMESTAMP(t.CREATE_TIME), t.CREATE_TIME <= NOW() - INTERVAL 2 SECOND
FROM information_schema.TABLES AS t
WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?
