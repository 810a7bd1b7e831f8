-- Those columns of the catalog that not every server has.
-- Tested on MariaDB 10.11; the names of MySQL are from its manual.
SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME)
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = 'information_schema'
  AND TABLE_NAME IN ('TABLES', 'COLUMNS', 'STATISTICS', 'CHECK_CONSTRAINTS', 'TABLE_CONSTRAINTS', 'VIEWS')
  AND COLUMN_NAME IN ('TEMPORARY', 'IS_GENERATED', 'SRS_ID', 'IGNORED', 'IS_VISIBLE', 'EXPRESSION',
    'CHECK_CLAUSE', 'LEVEL', 'TABLE_NAME', 'ENFORCED', 'ALGORITHM')
