-- Whether a session of ours is still there. Ids are not used again while a server runs, and begin anew with it, so
-- one from before the server's start is gone. Tested on MariaDB 10.11.
SELECT 1
FROM information_schema.processlist
WHERE id = CAST(:id AS {integer}) AND id <> connection_id()
  AND CAST(replace(replace(:at, 'T', ' '), 'Z', '') AS datetime(3))
      >= utc_timestamp(3) - INTERVAL (CAST(:uptime AS {integer}) + 1) SECOND
