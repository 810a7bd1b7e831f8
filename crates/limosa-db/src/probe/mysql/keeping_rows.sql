-- The tables whose rows a rollback keeps. Tested on MariaDB 10.11.
SELECT t.TABLE_NAME
FROM information_schema.TABLES AS t
INNER JOIN information_schema.ENGINES AS e
    ON e.ENGINE = t.ENGINE
WHERE e.TRANSACTIONS <> 'YES'
  AND t.TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
