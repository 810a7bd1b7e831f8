-- What a session of this user is doing.
-- Tested on MariaDB 10.11.
SELECT p.STATE
FROM information_schema.PROCESSLIST AS p
WHERE p.ID = ?
