-- The other sessions in this database. MariaDB 10.11.
SELECT id, command, info FROM information_schema.processlist
WHERE db = database() AND id <> connection_id()
