-- Who may do what in this database, as far as this user sees it. The name of a database is a pattern in grants.
-- Tested on MariaDB 10.11; MySQL 8 by its manual.
SELECT 'grant', CAST(CONVERT(JSON_OBJECT(
  'grantee', GRANTEE,
  'privilege', PRIVILEGE_TYPE,
  'grantable', IS_GRANTABLE,
  'column', NULL,
  'table', NULL) USING utf8mb4) AS BINARY)
FROM information_schema.SCHEMA_PRIVILEGES
WHERE REPLACE(REPLACE(TABLE_SCHEMA, CONCAT(CHAR(92), '_'), '_'), CONCAT(CHAR(92), '%'), '%') = DATABASE()
UNION ALL
SELECT 'grant', CAST(CONVERT(JSON_OBJECT(
  'grantee', GRANTEE,
  'privilege', PRIVILEGE_TYPE,
  'grantable', IS_GRANTABLE,
  'column', NULL,
  'table', TABLE_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.TABLE_PRIVILEGES
WHERE TABLE_SCHEMA = DATABASE()
UNION ALL
SELECT 'grant', CAST(CONVERT(JSON_OBJECT(
  'grantee', GRANTEE,
  'privilege', PRIVILEGE_TYPE,
  'grantable', IS_GRANTABLE,
  'column', COLUMN_NAME,
  'table', TABLE_NAME) USING utf8mb4) AS BINARY)
FROM information_schema.COLUMN_PRIVILEGES
WHERE TABLE_SCHEMA = DATABASE()
