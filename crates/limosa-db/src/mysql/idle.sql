-- A session of ours that does nothing. Tested on MariaDB 10.11.
SELECT ID
FROM information_schema.PROCESSLIST
WHERE ID = ? AND COMMAND = 'Sleep'
