-- For how many milliseconds a session's transaction has been open. Needs PROCESS.
-- Tested on MariaDB 10.11.
SELECT TIMESTAMPDIFF(MICROSECOND, t.trx_started, CURRENT_TIMESTAMP(6)) DIV 1000
FROM information_schema.INNODB_TRX AS t
WHERE t.trx_mysql_thread_id = ?
