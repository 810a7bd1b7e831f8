-- Who holds a metadata lock on a table. Needs the Performance Schema.
-- Tested on MariaDB 10.11.
SELECT DISTINCT b.PROCESSLIST_ID
FROM performance_schema.metadata_locks AS g
INNER JOIN performance_schema.threads AS b
    ON b.THREAD_ID = g.OWNER_THREAD_ID
WHERE g.OBJECT_TYPE = 'TABLE'
    AND g.LOCK_STATUS = 'GRANTED'
    AND g.OBJECT_SCHEMA = COALESCE(?, DATABASE())
    AND g.OBJECT_NAME = ?
    AND b.PROCESSLIST_ID NOT IN (?, CONNECTION_ID())
