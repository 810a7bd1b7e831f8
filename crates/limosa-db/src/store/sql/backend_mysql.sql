-- Whether a session of ours is still there; ids are not used again while a server runs. Tested on MariaDB 10.11.
SELECT 1
FROM information_schema.processlist
WHERE id = CAST(:id AS {integer}) AND :started = :started
