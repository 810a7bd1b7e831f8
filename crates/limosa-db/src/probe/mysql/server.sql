-- Tested on MariaDB 10.11.
SELECT CONCAT_WS('\n', s.Server_name, s.Host, s.Db, s.Username, s.Password, s.Port, s.Socket, s.Wrapper, s.Owner)
FROM mysql.servers AS s
WHERE s.Server_name = ?
