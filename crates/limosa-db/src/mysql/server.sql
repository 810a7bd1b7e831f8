-- What there is to know about a session that has just begun.
-- Tested on MariaDB 10.11.
SELECT VERSION(), CONNECTION_ID(), DATABASE(), USER(), CONCAT(@@global.read_only, '')
