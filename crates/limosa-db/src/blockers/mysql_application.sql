-- How a session's program calls itself. Needs the Performance Schema.
-- Tested on MariaDB 10.11.
SELECT a.ATTR_VALUE
FROM performance_schema.session_account_connect_attrs AS a
WHERE a.PROCESSLIST_ID = ?
    AND a.ATTR_NAME = 'program_name'
