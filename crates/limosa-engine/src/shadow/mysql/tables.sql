-- The tables and views of the current database. Tested on MariaDB 10.11.
SELECT TABLE_NAME, TABLE_TYPE
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'TEMPORARY'
ORDER BY TABLE_NAME
