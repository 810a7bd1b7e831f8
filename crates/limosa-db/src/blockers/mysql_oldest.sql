-- The oldest transactions: what else is known where the server keeps no list of metadata locks. Needs PROCESS.
-- Tested on MariaDB 10.11.
SELECT t.trx_mysql_thread_id
FROM information_schema.INNODB_TRX AS t
WHERE t.trx_mysql_thread_id NOT IN (0, ?, CONNECTION_ID())
ORDER BY t.trx_started
LIMIT 3
