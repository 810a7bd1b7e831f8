-- Who holds the metadata lock that a session waits for. Needs the Performance Schema.
-- Tested on MariaDB 10.11.
SELECT DISTINCT b.PROCESSLIST_ID
FROM performance_schema.threads AS r
INNER JOIN performance_schema.metadata_locks AS w
    ON w.OWNER_THREAD_ID = r.THREAD_ID
    AND w.LOCK_STATUS = 'PENDING'
INNER JOIN performance_schema.metadata_locks AS g
    ON g.OBJECT_TYPE = w.OBJECT_TYPE
    AND g.OBJECT_SCHEMA = w.OBJECT_SCHEMA
    AND g.OBJECT_NAME = w.OBJECT_NAME
    AND g.LOCK_STATUS = 'GRANTED'
    AND g.OWNER_THREAD_ID <> w.OWNER_THREAD_ID
INNER JOIN performance_schema.threads AS b
    ON b.THREAD_ID = g.OWNER_THREAD_ID
WHERE r.PROCESSLIST_ID = ?
