-- The numbers that InnoDB gives to the rows of a table, or of each of its partitions. Its names are those of
-- files. Not yet tested on any: written from the documentation of MySQL.
SELECT SUBSTRING(t.NAME, CHAR_LENGTH(n.name) + 4), t.TABLE_ID
FROM (
    SELECT CONVERT(
        CONCAT(CAST(CONVERT(? USING filename) AS BINARY), '/', CAST(CONVERT(? USING filename) AS BINARY))
        USING utf8mb4
    ) AS name
) AS n
INNER JOIN information_schema.INNODB_TABLES AS t
    ON t.NAME = n.name OR LEFT(t.NAME, CHAR_LENGTH(n.name) + 3) IN (CONCAT(n.name, '#P#'), CONCAT(n.name, '#p#'))
