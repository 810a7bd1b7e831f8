-- Whether a table, of the current database unless another is named, has an engine without transactions.
-- MySQL 8 and MariaDB 10.6 to 11, tested on MariaDB 10.11.
SELECT 1
FROM information_schema.tables t
JOIN information_schema.engines e ON e.engine = t.engine
WHERE t.table_schema = coalesce(?, database()) AND t.table_name = ? AND e.transactions <> 'YES'
