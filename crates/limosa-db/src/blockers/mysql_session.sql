-- What a session is doing, as far as this user may see it.
-- Tested on MariaDB 10.11.
SELECT p.USER, p.HOST, p.COMMAND, p.STATE, p.INFO
FROM information_schema.PROCESSLIST AS p
WHERE p.ID = ?
