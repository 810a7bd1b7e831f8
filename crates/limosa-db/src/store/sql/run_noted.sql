-- Whether a run has written an entry of this kind. All dialects.
SELECT 1
FROM {journal}
WHERE run = :run AND event = :event
LIMIT 1
