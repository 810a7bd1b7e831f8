-- The newest entries of the journal, newest first. All dialects.
SELECT id, {utc at}, run, event, version, name, direction, unit, statement, actor, detail,
       attempt, backend, backend_start, set_name
FROM {journal}
WHERE set_name = :set AND event <> 'format'
ORDER BY id DESC
LIMIT :limit
