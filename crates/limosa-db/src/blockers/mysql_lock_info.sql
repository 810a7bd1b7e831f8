-- Who holds a metadata lock on a table, by the plugin METADATA_LOCK_INFO of MariaDB.
-- Tested on MariaDB 10.11.
SELECT DISTINCT g.THREAD_ID
FROM information_schema.METADATA_LOCK_INFO AS g
WHERE g.TABLE_SCHEMA = COALESCE(?, DATABASE())
    AND g.TABLE_NAME = ?
    AND g.THREAD_ID NOT IN (?, CONNECTION_ID())
