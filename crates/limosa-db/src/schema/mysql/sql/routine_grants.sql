-- Who may call which routine. Only an administrator may read it.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT Routine_name, Routine_type, User, Host, Proc_priv
FROM mysql.procs_priv
WHERE Db = DATABASE()
