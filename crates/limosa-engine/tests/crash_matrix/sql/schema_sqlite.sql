-- Everything that a migration may have made.
SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master
WHERE tbl_name NOT LIKE 'limosa\_%' ESCAPE '\'
ORDER BY type, name
