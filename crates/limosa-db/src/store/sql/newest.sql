-- The newest entries about the database, whatever the set, newest first. What is copied into the table of another
-- tool changes nothing else. All dialects.
SELECT id, {utc at}, run, event, version, name, direction, unit, statement, actor, detail,
       attempt, backend, backend_start
FROM {journal}
WHERE event NOT IN ('format', 'mirrored')
ORDER BY id DESC
LIMIT :limit
