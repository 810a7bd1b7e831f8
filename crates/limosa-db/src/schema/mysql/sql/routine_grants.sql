-- Who may call which routine. Only an administrator may read it.
SELECT Routine_name, Routine_type, User, Host, Proc_priv
FROM mysql.procs_priv
WHERE Db = DATABASE()
