-- Which node of a cluster this is, since its last start: numbers of connections mean something only there.
-- Tested on MariaDB 10.11.
SHOW GLOBAL STATUS LIKE 'wsrep_gcomm_uuid'
