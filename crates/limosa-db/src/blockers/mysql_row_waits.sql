-- Whose locks on rows a session waits for. Needs PROCESS.
-- Tested on MariaDB 10.11; MySQL has not had these tables since 8.0.
SELECT DISTINCT b.trx_mysql_thread_id
FROM information_schema.INNODB_LOCK_WAITS AS w
INNER JOIN information_schema.INNODB_TRX AS r
    ON r.trx_id = w.requesting_trx_id
INNER JOIN information_schema.INNODB_TRX AS b
    ON b.trx_id = w.blocking_trx_id
WHERE r.trx_mysql_thread_id = ?
