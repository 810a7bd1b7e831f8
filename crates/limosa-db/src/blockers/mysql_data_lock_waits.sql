-- Whose locks on rows a session waits for, on MySQL 8.
-- Not yet tested on any: written from MySQL's documentation.
SELECT DISTINCT b.PROCESSLIST_ID
FROM performance_schema.data_lock_waits AS w
INNER JOIN performance_schema.threads AS r
    ON r.THREAD_ID = w.REQUESTING_THREAD_ID
INNER JOIN performance_schema.threads AS b
    ON b.THREAD_ID = w.BLOCKING_THREAD_ID
WHERE r.PROCESSLIST_ID = ?
