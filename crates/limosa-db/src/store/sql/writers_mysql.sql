-- Users that may write to the history, other than this one and administrators, as far as this user may
-- see the grants of others. Tested on MariaDB 10.11.
SELECT g.grantee, group_concat(DISTINCT g.privilege_type ORDER BY g.privilege_type SEPARATOR ', ')
FROM (
    SELECT grantee, privilege_type FROM information_schema.table_privileges
    WHERE table_schema = :schema AND table_name = 'limosa_history'
    UNION ALL
    SELECT grantee, privilege_type FROM information_schema.column_privileges
    WHERE table_schema = :schema AND table_name = 'limosa_history'
    UNION ALL
    SELECT grantee, privilege_type FROM information_schema.schema_privileges
    WHERE :schema LIKE table_schema
    UNION ALL
    SELECT grantee, privilege_type FROM information_schema.user_privileges
) g
WHERE g.privilege_type IN ('INSERT', 'UPDATE')
  AND g.grantee <> concat('''', replace(current_user(), '@', '''@'''), '''')
  AND g.grantee NOT IN (
      SELECT grantee FROM information_schema.user_privileges
      WHERE privilege_type IN ('SUPER', 'SYSTEM_USER', 'CREATE USER')
  )
GROUP BY g.grantee
ORDER BY g.grantee
LIMIT 5
