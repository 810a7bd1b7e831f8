-- How this session reads a text. Tested on MariaDB 10.11.
SELECT DATABASE(), @@session.sql_mode, CONCAT(@@hostname, ':', @@port, ' ', @@server_id)
