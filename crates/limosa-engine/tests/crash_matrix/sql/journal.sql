-- What happened, in order. All databases.
SELECT run, event, coalesce(attempt, ''), coalesce(version, ''), coalesce(direction, ''), coalesce(unit, -1),
       coalesce(digest, ''), coalesce(detail, '')
FROM limosa_journal ORDER BY id
