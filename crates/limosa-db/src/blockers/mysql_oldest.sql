-- The oldest transactions: what else is known where the server keeps no list of metadata locks. Needs PROCESS.
-- Tested on MariaDB 10.11.
SELECT t.trx_mysql_thread_id
FROM information_schema.INNODB_TRX AS t
WHERE t.trx_mysql_thread_id NOT IN (0, ?, CONNECTION_ID())
-- The server says when a transaction began to the second. Of those of one second, one that runs nothing at the moment
-- comes first: it stays until somebody ends it, where a statement that commits by itself is gone soon.
ORDER BY t.trx_started, t.trx_query IS NOT NULL
LIMIT 3
