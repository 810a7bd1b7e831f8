-- The migrations that our journal has begun and not ended: those of which a unit is done, and all.
SELECT count(DISTINCT CASE WHEN j.event = 'unit-done' THEN j.attempt END), count(DISTINCT j.attempt)
FROM limosa_journal j
WHERE j.attempt IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM limosa_journal e WHERE e.attempt = j.attempt AND e.event IN ('applied', 'reverted'))
