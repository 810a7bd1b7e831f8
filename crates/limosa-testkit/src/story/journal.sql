-- What happened, in order. All databases.
SELECT run, event, coalesce(attempt, ''), coalesce(version, ''), coalesce(unit, -1), coalesce(detail, '')
FROM limosa_journal ORDER BY id
