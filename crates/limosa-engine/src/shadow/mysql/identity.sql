-- What tells this server from every other one. Tested on MariaDB 10.11.
SELECT CONCAT_WS('\n', @@hostname, @@port, @@datadir)
