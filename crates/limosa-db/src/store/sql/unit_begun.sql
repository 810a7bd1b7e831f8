-- How often a unit was begun and not taken back. All dialects.
SELECT coalesce(sum(CASE event WHEN 'unit-started' THEN 1 WHEN 'unit-failed' THEN -1 ELSE 0 END), 0)
FROM {journal}
WHERE attempt = :attempt AND unit = CAST(:unit AS {integer})
